#include "metrics/stats/margin.hpp"

#include "metrics/stats/t_test.hpp"

namespace kgaudit::metrics::stats {

Outcome<NonInferiority> non_inferiority(std::span<const double> differences, double margin,
                                        double alpha) {
  KGA_REQUIRE(margin > 0.0, "margin = {}", margin);
  KGA_REQUIRE(alpha > 0.0 && alpha < 0.5, "alpha = {}", alpha);
  const auto t = paired_t(differences, Alternative::kGreater, "units", 1.0 - 2.0 * alpha, -margin);
  if (!t.defined()) return t.undefined();
  NonInferiority result{false, t->difference.interval.low, t->test};
  result.passed = result.lower_bound > -margin;
  result.test.method = "non-inferiority, paired t";
  return result;
}

Outcome<Equivalence> equivalence(std::span<const double> differences, double low, double high,
                                 const std::string& units, double alpha) {
  KGA_REQUIRE(low < high, "margins {} and {}", low, high);
  KGA_REQUIRE(alpha > 0.0 && alpha < 0.5, "alpha = {}", alpha);
  const double level = 1.0 - 2.0 * alpha;
  const auto above = paired_t(differences, Alternative::kGreater, units, level, low);
  const auto below = paired_t(differences, Alternative::kLess, units, level, high);
  if (!above.defined()) return above.undefined();
  Equivalence result;
  result.interval = above->difference.interval;
  result.passed = result.interval.low > low && result.interval.high < high;
  result.test = above->test.p > below->test.p ? above->test : below->test;
  result.test.method = "two one-sided paired t tests";
  return result;
}

}  // namespace kgaudit::metrics::stats
