#pragma once

#include <span>
#include <string>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// Tests against a margin that was fixed before the data were seen. That a difference is not
/// significant is no sign of equality: equality must be shown, within a margin. Paired t on one
/// difference per independent unit. For a resampled verdict hold the bootstrap interval at level
/// 1 - 2 alpha against the margin instead.

struct NonInferiority {
  bool passed = false;       ///< lower_bound > -margin
  double lower_bound = 0.0;  ///< one-sided, at level 1 - alpha, of the mean difference
  Test test;                 ///< of H0: mean <= -margin; rejected exactly when passed
};
/// Is A worse than B by less than `margin` > 0? Differences are A - B, larger = better.
[[nodiscard]] Outcome<NonInferiority> non_inferiority(std::span<const double> differences,
                                                      double margin, double alpha = 0.05);

struct Equivalence {
  bool passed = false;  ///< the interval lies inside the margins
  Interval interval;    ///< two-sided, at level 1 - 2 alpha, of the mean difference
  Test test;            ///< the worse of the two one-sided tests
};
/// Two one-sided tests (Schuirmann 1987): is low < mean < high shown? low < high.
[[nodiscard]] Outcome<Equivalence> equivalence(std::span<const double> differences, double low,
                                               double high, const std::string& units,
                                               double alpha = 0.05);

}  // namespace kgaudit::metrics::stats
