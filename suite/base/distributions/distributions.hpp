#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace kgaudit::distributions {

/// Distribution functions, their inverses and a few special functions, in double. Boost.Math is
/// behind them and stays in the one source file, because its headers are slow to compile.
///
/// `..._cdf(x)` is P(X <= x), `..._above(x)` is P(X > x) without the loss of digits of 1 - cdf, and
/// `..._quantile(share)` the x with P(X <= x) = share. A share lies strictly between 0 and 1 and
/// degrees of freedom are positive; other arguments are a bug of the caller (BrokenInvariant, or
/// std::domain_error by Boost.Math).

/// The standard normal distribution.
[[nodiscard]] double normal_cdf(double x);
[[nodiscard]] double normal_above(double x);
[[nodiscard]] double normal_quantile(double share);
/// The z with P(-z <= X <= z) = level: 1.959963984540054 for level 0.95.
[[nodiscard]] double normal_two_sided_quantile(double level);

/// Student's t distribution.
[[nodiscard]] double student_cdf(double t, double degrees);
[[nodiscard]] double student_above(double t, double degrees);
[[nodiscard]] double student_quantile(double share, double degrees);
/// The t with P(T > t) = share.
[[nodiscard]] double student_upper_quantile(double share, double degrees);

/// Chance that a noncentral t with `degrees` of freedom is at most `t`: the distribution of
/// (Z + noncentrality) / S, with Z normal and S^2 chi-squared over its degrees. Any finite
/// arguments do: where the noncentrality is beyond what the series of the distribution can sum, Z
/// is left out, which changes the result by about 1 / noncentrality^2 (under 1e-8).
[[nodiscard]] double noncentral_t_cdf(double t, double degrees, double noncentrality);
[[nodiscard]] double noncentral_t_above(double t, double degrees, double noncentrality);
/// The noncentrality under which a value of at most `t` has the chance `share`.
[[nodiscard]] double noncentrality_of(double t, double degrees, double share);

[[nodiscard]] double chi_squared_above(double x, double degrees);
/// Fisher's F distribution.
[[nodiscard]] double fisher_f_above(double f, double degrees, double other_degrees);

/// P(X >= k) of n fair coins, 0 <= k <= n.
[[nodiscard]] double binomial_half_at_least(std::uint64_t k, std::uint64_t n);

/// P(range of `groups` independent standard normals <= range): the studentized range distribution
/// at infinitely many degrees of freedom, k int phi(z) (Phi(z) - Phi(z - range))^(k-1) dz by
/// quadrature. groups >= 2.
[[nodiscard]] double normal_range_cdf(double range, std::size_t groups);
[[nodiscard]] double normal_range_quantile(double share, std::size_t groups);

/// H(n) = 1 + 1/2 + ... + 1/n.
[[nodiscard]] double harmonic(std::uint64_t n);
/// 1 + 1/4 + ... + 1/n^2.
[[nodiscard]] double harmonic_squares(std::uint64_t n);

/// Where `f` crosses 0 between `low` and `high`, at which its signs differ, to about `bits` binary
/// digits (Alefeld, Potra, Shi 1995, algorithm 748).
[[nodiscard]] double root_between(const std::function<double(double)>& f, double low, double high,
                                  int bits);

}  // namespace kgaudit::distributions
