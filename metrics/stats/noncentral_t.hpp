#pragma once

namespace kgaudit::metrics::stats {

/// Chance that a noncentral t with `degrees` of freedom is at most `t`: the distribution of
/// (Z + noncentrality) / S, with Z normal and S^2 chi-squared over its degrees. Any finite
/// arguments do: where the noncentrality is beyond what the series of the distribution can sum, Z
/// is left out, which changes the result by about 1 / noncentrality^2 (under 1e-8).
[[nodiscard]] double noncentral_t_cdf(double t, double degrees, double noncentrality);
/// 1 - noncentral_t_cdf, without the loss of digits.
[[nodiscard]] double noncentral_t_above(double t, double degrees, double noncentrality);

}  // namespace kgaudit::metrics::stats
