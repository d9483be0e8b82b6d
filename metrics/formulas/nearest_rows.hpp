#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/feature_matrix.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// For each row the `k` other rows with the largest cosine, the largest first: k numbers a row, one
/// row after another. Rows are scaled to length 1 first; none may be 0, and there must be more than
/// `k`. Equal cosines go by an order drawn from `rng`, so that the order of rows says nothing. Same
/// bits for any number of threads. Costs n^2 x dimension multiply-adds.
[[nodiscard]] std::vector<std::uint32_t> nearest_rows(const FeatureMatrix& rows, std::size_t k,
                                                      Rng rng, ThreadPool& pool);

/// How often neighbours are of one's own group.
struct NeighbourShares {
  std::vector<double> of_row;    ///< the share of its neighbours that are of the row's group
  std::vector<double> share;     ///< per group: the mean over its rows
  std::vector<double> expected;  ///< per group: (n_g - 1) / (n - 1), the share by chance
  /// Per group: (share - expected) / (1 - expected): 0 by chance, 1 where all neighbours are of the
  /// own group, negative where they avoid it. Nothing for a group that is everybody.
  std::vector<std::optional<double>> lift;
  std::optional<double> macro;  ///< the plain mean of the lifts
};
[[nodiscard]] NeighbourShares neighbour_shares(std::span<const std::uint32_t> nearest,
                                               std::size_t k, std::span<const std::uint32_t> labels,
                                               std::uint32_t classes);

}  // namespace kgaudit::metrics
