#pragma once

#include <cstdint>
#include <span>

#include "metrics/stats/outcome.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics::stats {

/// Almost stochastic order of two independent samples (del Barrio et al. 2018; Dror et al. 2019).
///
/// A is stochastically larger than B when every quantile of A is. The violation ratio says how far
/// from that the samples are: with F^-1, G^-1 the quantile functions of A and B,
///   eps = int_{t: F^-1(t) < G^-1(t)} (F^-1 - G^-1)^2 dt / int_0^1 (F^-1 - G^-1)^2 dt,
/// 0 = A larger everywhere, 1 = B, 1/2 = neither. Both quantile functions are steps, so the
/// integrals are sums over the merged steps, without error of a grid.

/// eps of the two samples; eps(B, A) = 1 - eps(A, B). Undefined when a sample is empty or the two
/// have the same quantiles everywhere (0 / 0).
[[nodiscard]] Outcome<double> violation_ratio(std::span<const double> a, std::span<const double> b);

/// Dror et al. claim order for a bound below 1/2; for two equal systems that happens far too often
/// (docs/statistics.md), so the stricter 0.2 of Ulmer et al. (2022) decides here.
inline constexpr double kStochasticOrderThreshold = 0.2;

struct StochasticOrder {
  double violation = 0.0;           ///< eps of the samples
  double bound = 1.0;               ///< eps_min: upper confidence bound of eps, clipped to [0, 1]
  double confidence = 0.95;         ///< of the bound, after Bonferroni
  double standard_error = 0;        ///< of eps, by the bootstrap
  std::uint64_t unused = 0;         ///< replicates whose samples had equal quantiles everywhere
  bool a_almost_dominates = false;  ///< bound < kStochasticOrderThreshold
};

/// eps_min = eps + z_confidence se, se = sd of eps over bootstrap replicates of both samples (which
/// is sigma / sqrt(nm / (n + m)) of the papers), confidence = 1 - alpha / comparisons.
/// `comparisons` >= 1 counts the pairs judged together. Undefined as violation_ratio, for samples
/// of fewer than two values, and where more than half of the replicates have no eps. With few seeds
/// it is liberal: docs/statistics.md has the figures.
[[nodiscard]] Outcome<StochasticOrder> almost_stochastic_order(
    std::span<const double> a, std::span<const double> b, std::uint64_t comparisons,
    const Resampling& resampling, ThreadPool& pool, double alpha = 0.05);

}  // namespace kgaudit::metrics::stats
