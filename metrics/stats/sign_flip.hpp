#pragma once

#include <cstdint>
#include <span>

#include "metrics/stats/outcome.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics::stats {

/// Up to this many differences all 2^n assignments of signs are counted; above, they are drawn.
inline constexpr std::size_t kExactSignFlips = 20;

/// Paired sign-flip permutation test of the sum of differences (Fisher 1935): under "A and B are
/// interchangeable" every difference is as likely with the other sign. Give one difference per
/// independent unit (seed, triple, person). The statistic is the mean difference.
///
/// Exact for n <= 20: p is the share of assignments at least as extreme as the data, the data among
/// them. Above: (1 + #) / (1 + B). Assignments whose sum falls short of the observed one by
/// 1e-10 of the sum of all |d| or less count as equal to it: sums that are equal on paper differ by
/// rounding, and differences of rounded scores do so by more than their own last bit.
///
/// `smallest_p` is what the data would give if all non-zero differences had one sign: 2 / 2^n
/// two-sided, so fewer than 6 seeds can never reach 5 %. Undefined for n < 2 and if every
/// difference is 0.
[[nodiscard]] Outcome<Test> sign_flip(std::span<const double> differences, Alternative alternative,
                                      const Resampling& resampling, ThreadPool& pool);

}  // namespace kgaudit::metrics::stats
