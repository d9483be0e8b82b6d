#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/stats/clusters.hpp"
#include "metrics/stats/outcome.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics::stats {

/// How an interval is read off the replicates (Efron & Tibshirani 1993, chapters 12 to 14).
enum class BootstrapInterval {
  kPercentile,  ///< quantiles of the replicates; a little narrow below some 50 clusters
  kBca          ///< bias-corrected and accelerated; for skewed values; falls back to percentile
};

/// Bootstrap of the means of several columns over clusters, every column from the same draws, so
/// that any two of them can be compared as pairs afterwards.
///
/// The mean is sum of values / number of values, both resampled: clusters may differ in size.
/// Replicate b depends on the seed, b and the strata alone, so a column's numbers do not depend on
/// the other columns. Cost: clusters x replicates draws once, whatever is asked later.
class Bootstrap {
 public:
  /// `units` names the clusters in the intervals' method ("triples", "persons").
  Bootstrap(ClusteredValues values, std::string units, const Resampling& resampling,
            ThreadPool& pool);

  /// The mean of a column with its two-sided interval. Undefined where clusters do not vary.
  [[nodiscard]] Outcome<Estimate> mean(std::size_t column, BootstrapInterval kind,
                                       double level = 0.95) const;
  /// mean(a) - mean(b), paired. A one-sided bound at 1 - alpha is an end of the interval at level
  /// 1 - 2 alpha. Undefined where the differences of clusters do not vary.
  [[nodiscard]] Outcome<Estimate> difference(std::size_t a, std::size_t b, BootstrapInterval kind,
                                             double level = 0.95) const;
  /// Two-sided: p = min(1, (1 + 2 min(#(d* <= 0), #(d* >= 0))) / (1 + B)); the share of
  /// replicates on the other side of 0. One-sided: (1 + #) / (1 + B). The statistic is the
  /// difference. Calibrated from some 50 clusters on; below, take sign_flip.
  [[nodiscard]] Outcome<Test> difference_test(std::size_t a, std::size_t b,
                                              Alternative alternative) const;

  /// The replicates of one column's mean, in the order drawn.
  [[nodiscard]] std::span<const double> replicates(std::size_t column) const;
  [[nodiscard]] const ClusteredValues& values() const { return values_; }

 private:
  /// The weighted sum of column means that is asked about.
  struct Contrast {
    std::string_view what;
    double observed = 0.0;
    std::vector<double> replicates;
    std::vector<double> cluster_sums;
  };
  [[nodiscard]] Contrast contrast(std::size_t a, const std::size_t* b) const;
  [[nodiscard]] Outcome<Estimate> estimate(Contrast c, BootstrapInterval kind, double level) const;

  ClusteredValues values_;
  std::string units_;
  std::vector<std::vector<double>> replicates_;
};

/// The order statistic that bounds a share of `tail` of the replicates: number floor((B + 1) tail)
/// from below, at least the first. `sorted` ascending and not empty.
[[nodiscard]] double lower_quantile(std::span<const double> sorted, double tail);
/// Its mirror image from above.
[[nodiscard]] double upper_quantile(std::span<const double> sorted, double tail);

}  // namespace kgaudit::metrics::stats
