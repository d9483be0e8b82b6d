#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "suite/base/measurement.hpp"

namespace kgaudit::metrics {

/// Elementary estimates that several metrics share. All sums run in index order in double, so they
/// are the same bits on every run; resampling and tests belong to the statistics, not here.

/// Arithmetic mean; `values` must not be empty (BrokenInvariant).
[[nodiscard]] double mean(std::span<const double> values);

/// Sample standard deviation (n - 1); nothing for fewer than two values.
[[nodiscard]] std::optional<double> sample_sd(std::span<const double> values);

/// mean +- z * sd / sqrt(n); `method` becomes "normal, <units>". Nothing for fewer than two values.
[[nodiscard]] std::optional<Interval> normal_interval(std::span<const double> values,
                                                      const std::string& units,
                                                      double level = 0.95);

/// Interval of the mean of `values` when values of one cluster depend on each other (the values of
/// one person, the two sides of one triple): SE^2 = G/(G-1) * sum_g (sum_{i in g} (x_i - mean))^2 /
/// n^2. `clusters[i]` names the cluster of value i; equal ids must stand next to each other.
/// Nothing for fewer than two clusters. With one value a cluster it equals normal_interval.
[[nodiscard]] std::optional<Interval> clustered_interval(std::span<const double> values,
                                                         std::span<const std::uint32_t> clusters,
                                                         const std::string& units,
                                                         double level = 0.95);

/// Interval of mean(a) - mean(b) for independent groups (unequal variances, normal quantile).
/// Nothing when a group has fewer than two values.
[[nodiscard]] std::optional<Interval> difference_interval(std::span<const double> a,
                                                          std::span<const double> b,
                                                          const std::string& units,
                                                          double level = 0.95);

/// Wilson's score interval of a share of `hits` (may be fractional: ties) among n > 0 units.
[[nodiscard]] Interval wilson_interval(double hits, std::uint64_t n, const std::string& units,
                                       double level = 0.95);

/// Ranks from 1, ascending; equal values share the mean of their places; NaN stands below all
/// numbers.
[[nodiscard]] std::vector<double> average_ranks(std::span<const double> values);

/// Spearman's rank correlation, ties averaged; nothing when a side is constant.
[[nodiscard]] std::optional<double> spearman(std::span<const double> x, std::span<const double> y);

/// The area under the ROC curve: P(score of a positive > score of a negative) + half the ties.
/// Nothing when either class is empty.
[[nodiscard]] std::optional<double> area_under_curve(std::span<const double> scores,
                                                     std::span<const std::uint32_t> is_positive);

/// Spearman's correlation as a measurement: Undefined with a reason where it does not exist.
[[nodiscard]] Measurement spearman_measurement(std::span<const double> x, std::span<const double> y,
                                               const std::string& units, Direction direction);

/// The mean with its normal interval; Undefined("no <units>") for none.
[[nodiscard]] Measurement mean_measurement(std::span<const double> values, const std::string& units,
                                           const std::string& unit, Direction direction);

/// Measurement::checked that also drops an interval which is not finite: the scores of a broken
/// embedding become a reason, never a broken invariant.
[[nodiscard]] Measurement estimate(double value, std::uint64_t n, const std::string& unit,
                                   Direction direction,
                                   std::optional<Interval> interval = std::nullopt);

}  // namespace kgaudit::metrics
