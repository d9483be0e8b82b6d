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

}  // namespace

Outcome<TTest> paired_t(std::span<const double> differences, Alternative alternative,
                        const std::string& units, double level, double null_value) {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  if (const auto why = unusable(differences, 2, "differences")) return *why;
  if (is_constant(differences)) {
    return Undefined{
        fmt::format("all {} differences are {}: no spread", differences.size(), differences[0])};
  }
  const auto n = static_cast<double>(differences.size());
  const double degrees = n - 1.0;
  const double sd = *sample_sd(differences);
  const double se = std::sqrt(sd * sd / n);
  const double difference = mean(differences);
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
  return TTest{{t, p, differences.size(), "paired t", 0.0},
               degrees,
               {difference,
                {difference - half, difference + half, level, "t, " + units},
                differences.size()}};
}

}  // namespace kgaudit::metrics::stats
