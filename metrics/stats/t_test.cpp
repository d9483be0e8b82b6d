#include "metrics/stats/t_test.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "suite/base/distributions/distributions.hpp"

namespace kgaudit::metrics::stats {
namespace {

/// Whether the spread is no more than rounding leaves behind.
bool is_constant(std::span<const double> x) {
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  return *high - *low <= 1e-13 * std::max(std::abs(*low), std::abs(*high));
}

double variance(std::span<const double> x) {
  const double sd = *sample_sd(x);
  return sd * sd;
}

TTest t_of(double difference, double null_value, double se, double degrees, std::uint64_t n,
           Alternative alternative, double level, const std::string& name,
           const std::string& units) {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  const double t = (difference - null_value) / se;
  double p = 0.0;
  switch (alternative) {
    case Alternative::kTwoSided:
      p = 2.0 * distributions::student_cdf(-std::abs(t), degrees);
      break;
    case Alternative::kGreater:
      p = distributions::student_above(t, degrees);
      break;
    case Alternative::kLess:
      p = distributions::student_cdf(t, degrees);
      break;
  }
  const double half = distributions::student_quantile(0.5 + level / 2.0, degrees) * se;
  return {{t, p, n, name, 0.0},
          degrees,
          {difference, {difference - half, difference + half, level, "t, " + units}, n}};
}

}  // namespace

Outcome<TTest> paired_t(std::span<const double> differences, Alternative alternative,
                        const std::string& units, double level, double null_value) {
  if (const auto why = unusable(differences, 2, "differences")) return *why;
  if (is_constant(differences)) {
    return Undefined{
        fmt::format("all {} differences are {}: no spread", differences.size(), differences[0])};
  }
  const auto n = static_cast<double>(differences.size());
  return t_of(mean(differences), null_value, std::sqrt(variance(differences) / n), n - 1.0,
              differences.size(), alternative, level, "paired t", units);
}

}  // namespace kgaudit::metrics::stats
