#pragma once

#include <span>
#include <string>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// A t test with the interval that belongs to it.
struct TTest {
  Test test;            ///< statistic = t
  double degrees = 0;   ///< of freedom
  Estimate difference;  ///< mean difference with its two-sided t interval
};

/// Student's paired t test of the mean of `differences` against `null_value`; `units` names them
/// ("seeds", "triples"). Exact for normal differences, good for any from some 50 on. Undefined for
/// n < 2 and when all differences are equal.
[[nodiscard]] Outcome<TTest> paired_t(std::span<const double> differences, Alternative alternative,
                                      const std::string& units, double level = 0.95,
                                      double null_value = 0.0);

}  // namespace kgaudit::metrics::stats
