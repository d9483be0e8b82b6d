#include "metrics/stats/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace kgaudit::metrics::stats {
namespace {

// Of the values, not of their difference: a few last digits of means of any length.
constexpr double kRounding = 16.0 * std::numeric_limits<double>::epsilon();

}  // namespace

std::optional<Undefined> unusable(std::span<const double> values, std::size_t least,
                                  std::string_view what) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return Undefined{fmt::format("number {} of the {} is not finite: {}", i, what, values[i])};
    }
  }
  if (values.size() < least) {
    return Undefined{fmt::format("{} {}, {} or more are needed", values.size(), what, least)};
  }
  return std::nullopt;
}

std::vector<double> differences(std::span<const double> a, std::span<const double> b) {
  KGA_REQUIRE(a.size() == b.size(), "{} and {} values are no pairs", a.size(), b.size());
  std::vector<double> d(a.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    d[i] = a[i] - b[i];
    largest = std::max({largest, std::abs(a[i]), std::abs(b[i])});
  }
  if (d.empty() || !std::ranges::all_of(d, [](double x) { return std::isfinite(x); })) return d;
  const auto [low, high] = std::ranges::minmax(d);
  if (high - low <= kRounding * largest) std::ranges::fill(d, d.front());
  return d;
}

Measurement as_measurement(const Outcome<Estimate>& estimate, std::uint64_t n,
                           const std::string& unit, Direction direction) {
  if (!estimate.defined()) return Measurement::undefined(estimate.reason(), n, unit, direction);
  return Measurement::checked(estimate->value, estimate->n, unit, direction, estimate->interval);
}

double resampled_p(std::uint64_t count, std::uint64_t replicates) {
  KGA_REQUIRE(count <= replicates, "{} of {}", count, replicates);
  return (1.0 + static_cast<double>(count)) / (1.0 + static_cast<double>(replicates));
}

}  // namespace kgaudit::metrics::stats
