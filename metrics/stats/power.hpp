#pragma once

#include <cstdint>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// What a paired t test of n seeds can see. `sd` is that of the paired differences.
struct PowerPlan {
  double alpha = 0.05;
  double power = 0.8;  ///< wanted chance of a rejection; in (alpha, 1)
  Alternative alternative = Alternative::kTwoSided;
};

/// Chance that the t test rejects when the true difference is `difference`, by the noncentral t
/// distribution. n >= 2, sd > 0. For kLess the difference is meant to be negative.
[[nodiscard]] double power_of_t(std::uint64_t n, double sd, double difference,
                                const PowerPlan& plan = {});

/// The smallest true |difference| that n seeds find with the wanted power. Undefined for n < 2 and
/// sd = 0.
[[nodiscard]] Outcome<double> minimum_detectable_difference(std::uint64_t n, double sd,
                                                            const PowerPlan& plan = {});

struct SeedsNeeded {
  std::uint64_t total = 0;    ///< the smallest n with the wanted power
  std::uint64_t further = 0;  ///< total less those at hand; 0 when they do
  double power = 0.0;         ///< with `total`
};
/// How many seeds find a true |difference| > 0 with the wanted power, `have` of them being there.
/// sd from few seeds is itself uncertain (with 5, by a factor of about 0.6 to 2.9): the number is a
/// guide, not a promise. Undefined for a difference or sd of 0, and above a million seeds.
[[nodiscard]] Outcome<SeedsNeeded> seeds_needed(std::uint64_t have, double sd, double difference,
                                                const PowerPlan& plan = {});

}  // namespace kgaudit::metrics::stats
