#pragma once

#include <cstdint>
#include <span>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// What Wilcoxon's test does with differences of 0; it must be stated, results differ.
enum class ZeroHandling {
  kDrop,  ///< leave them out before ranking (Wilcoxon 1945)
  kPratt  ///< rank them with the others, then leave their ranks out (Pratt 1959)
};

/// Up to this many differences without zeros and ties p is exact.
inline constexpr std::size_t kExactWilcoxon = 50;

struct Wilcoxon {
  Test test;  ///< statistic = W+, the sum of ranks of the positive differences
  double rank_sum_positive = 0.0;
  double rank_sum_negative = 0.0;
  std::uint64_t positive = 0;
  std::uint64_t zero = 0;
  std::uint64_t negative = 0;
};

/// Wilcoxon's signed-rank test. It asks whether the differences lie symmetrically around 0 (their
/// pseudo-median), not whether their mean, an MRR difference, is 0: for that take sign_flip.
///
/// Exact for up to 50 differences that are left after zeros were dropped, if no two |d| are
/// equal; otherwise the normal approximation with tie correction and without continuity correction,
/// for Pratt less the ranks of the zeros (Cureton 1967). |d| that differ by 1e-12 of the largest or
/// less are ties, and as small as that, zeros: rounding must not make ranks. Undefined for n < 2
/// and when every difference is 0.
[[nodiscard]] Outcome<Wilcoxon> wilcoxon(std::span<const double> differences,
                                         Alternative alternative, ZeroHandling zeros);

}  // namespace kgaudit::metrics::stats
