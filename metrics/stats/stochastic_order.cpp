#include "metrics/stats/stochastic_order.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <boost/math/distributions/normal.hpp>

#include "metrics/stats/estimates.hpp"
#include "metrics/stats/resampled_sums.hpp"

namespace kgaudit::metrics::stats {
namespace {

/// A sample in ascending order, each value with how often it was drawn.
struct Steps {
  std::vector<double> values;
  std::vector<std::uint64_t> counts;
  std::uint64_t total = 0;
};

Steps steps_of(std::span<const double> x) {
  Steps steps{{x.begin(), x.end()}, std::vector<std::uint64_t>(x.size(), 1), x.size()};
  std::sort(steps.values.begin(), steps.values.end());
  return steps;
}

/// A bootstrap sample of `steps`.
Steps redrawn(const Steps& steps, Rng& rng) {
  std::vector<std::uint32_t> places(steps.values.size());
  rng.fill_below(places, static_cast<std::uint32_t>(places.size()));
  Steps drawn{steps.values, std::vector<std::uint64_t>(places.size(), 0), steps.total};
  for (const std::uint32_t p : places) ++drawn.counts[p];
  return drawn;
}

/// Walks both quantile functions at once. Places on [0, 1] are whole numbers of 1 / (n m).
std::optional<double> violation(const Steps& a, const Steps& b) {
  double violated = 0.0;
  double all = 0.0;
  std::uint64_t at = 0;
  std::uint64_t a_ends = 0;
  std::uint64_t b_ends = 0;
  std::size_t i = 0;  // one past the step that ends at a_ends
  std::size_t j = 0;
  while (at < a.total * b.total) {
    while (a_ends == at) a_ends += a.counts[i++] * b.total;
    while (b_ends == at) b_ends += b.counts[j++] * a.total;
    const std::uint64_t next = std::min(a_ends, b_ends);
    const double gap = a.values[i - 1] - b.values[j - 1];
    const double area = gap * gap * static_cast<double>(next - at);
    all += area;
    if (gap < 0.0) violated += area;
    at = next;
  }
  if (!(all > 0.0)) return std::nullopt;
  return violated / all;
}

}  // namespace

Outcome<double> violation_ratio(std::span<const double> a, std::span<const double> b) {
  if (const auto why = unusable(a, 1, "values of A")) return *why;
  if (const auto why = unusable(b, 1, "values of B")) return *why;
  const auto ratio = violation(steps_of(a), steps_of(b));
  if (!ratio) return Undefined{"both samples have the same quantiles: neither is larger anywhere"};
  return *ratio;
}

Outcome<StochasticOrder> almost_stochastic_order(std::span<const double> a,
                                                 std::span<const double> b,
                                                 std::uint64_t comparisons,
                                                 const Resampling& resampling, ThreadPool& pool,
                                                 double alpha) {
  KGA_REQUIRE(comparisons >= 1, "comparisons = {}", comparisons);
  KGA_REQUIRE(alpha > 0.0 && alpha < 1.0, "alpha = {}", alpha);
  if (const auto why = unusable(a, 2, "values of A")) return *why;
  if (const auto why = unusable(b, 2, "values of B")) return *why;
  const auto ratio = violation_ratio(a, b);
  if (!ratio.defined()) return ratio.undefined();
  const Steps first = steps_of(a);
  const Steps second = steps_of(b);
  std::vector<std::optional<double>> drawn(resampling.replicates);
  for_each_replicate(resampling, "statistics/stochastic-order", pool, [&](std::size_t r, Rng& rng) {
    const Steps resampled_a = redrawn(first, rng);
    drawn[r] = violation(resampled_a, redrawn(second, rng));
  });
  std::vector<double> ratios;
  for (const auto& d : drawn) {
    if (d) ratios.push_back(*d);
  }
  StochasticOrder result;
  result.violation = *ratio;
  result.unused = resampling.replicates - ratios.size();
  if (ratios.size() < drawn.size() / 2) {
    return Undefined{fmt::format("{} of {} replicates have equal quantiles in both samples",
                                 result.unused, drawn.size())};
  }
  result.confidence = 1.0 - alpha / static_cast<double>(comparisons);
  result.standard_error = *sample_sd(ratios);
  const double z =
      boost::math::quantile(boost::math::normal_distribution<double>(), result.confidence);
  result.bound = std::clamp(result.violation + z * result.standard_error, 0.0, 1.0);
  result.a_almost_dominates = result.bound < kStochasticOrderThreshold;
  return result;
}

}  // namespace kgaudit::metrics::stats
