#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// Values of one or several columns (systems, or the seeds of one system) on the same predictions,
/// summed within clusters: the units that are independent of each other. Head and tail rank of one
/// triple depend on each other, so its triple is the cluster; so is the person for bias measures.
///
/// `strata`, where given, names the stratum of every value (the relation): resampling then keeps
/// the number of clusters of every stratum. A cluster lies in one stratum (BrokenInvariant
/// otherwise). A stratum of one cluster never varies, so many of those make an interval too narrow.
class ClusteredValues {
 public:
  using Columns = std::span<const std::span<const double>>;

  /// `columns[c][i]` is value i of column c and belongs to cluster `clusters[i]`; ids are any
  /// numbers in any order. Undefined for fewer than two clusters or a value that is not finite.
  [[nodiscard]] static Outcome<ClusteredValues> gather(Columns columns,
                                                       std::span<const std::uint32_t> clusters,
                                                       std::span<const std::uint32_t> strata = {});
  /// Every value is a cluster of its own.
  [[nodiscard]] static Outcome<ClusteredValues> each(Columns columns,
                                                     std::span<const std::uint32_t> strata = {});

  [[nodiscard]] std::size_t clusters() const { return sizes_.size(); }
  [[nodiscard]] std::size_t columns() const { return sums_.size(); }
  /// Bounds of the strata among the clusters: 0, ..., clusters().
  [[nodiscard]] std::span<const std::size_t> strata() const { return strata_; }
  /// Values in each cluster.
  [[nodiscard]] std::span<const double> sizes() const { return sizes_; }
  /// Sum of the values in each cluster.
  [[nodiscard]] std::span<const double> sums(std::size_t column) const;
  /// sum of all values / number of values
  [[nodiscard]] double mean(std::size_t column) const;

 private:
  std::vector<std::size_t> strata_;
  std::vector<double> sizes_;
  std::vector<std::vector<double>> sums_;
};

}  // namespace kgaudit::metrics::stats
