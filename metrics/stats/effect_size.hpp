#pragma once

#include <span>
#include <string>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// Effect sizes with intervals. The mean difference itself comes from paired_t, welch_t or a
/// bootstrap; these say how large it is on a scale without unit.

/// Cohen's dz = mean / sd of paired differences. Interval by inverting the noncentral t
/// distribution up to 100 differences (exact for normal ones), above by
/// se^2 = 1/n + dz^2 / (2n). Undefined for n < 2 and without spread.
[[nodiscard]] Outcome<Estimate> cohen_dz(std::span<const double> differences,
                                         const std::string& units, double level = 0.95);

/// Cliff's delta = P(a > b) - P(a < b) for independent samples, in [-1, 1]. Interval after Feng &
/// Cliff (2004): consistent variance, asymmetric, t quantile with n + m - 2 degrees. When the
/// samples do not overlap the interval is theirs for that case, [(k - z^2) / (k + z^2), 1] with k
/// the smaller sample. Undefined when a sample has fewer than two values.
[[nodiscard]] Outcome<Estimate> cliffs_delta(std::span<const double> a, std::span<const double> b,
                                             const std::string& units, double level = 0.95);

/// P(A > B) + P(A = B) / 2 over pairs, in [0, 1], with Wilson's interval, ties counted as half a
/// win (slightly too long then). Undefined for no pairs.
[[nodiscard]] Outcome<Estimate> win_rate(std::span<const double> differences,
                                         const std::string& units, double level = 0.95);

/// Matched-pairs rank-biserial correlation (W+ - W-) / (W+ + W-) (Kerby 2014), in [-1, 1], zeros
/// dropped: the effect size of Wilcoxon's test. Interval: it is a U-statistic of pairs of
/// differences (P(d_i + d_j > 0)), whose variance is that of its first-order projection, on
/// Fisher's z scale. Undefined for fewer than two non-zero differences, and when all of them have
/// one sign: the value is +-1 then and its spread unknown.
[[nodiscard]] Outcome<Estimate> rank_biserial(std::span<const double> differences,
                                              const std::string& units, double level = 0.95);

}  // namespace kgaudit::metrics::stats
