#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "metrics/formulas/association.hpp"

namespace kgaudit::metrics {

/// What distances between groups of rows are made of: sums over the rows of each group.
struct GroupSums {
  RowMatrix sums;               ///< classes x dimension
  std::vector<double> squares;  ///< per class: sum of squared lengths
  std::vector<double> counts;   ///< per class
};

/// `labels`, one a row, lie below `classes`. Rows should be centred: sums of squares then lose the
/// fewest digits. Adds in the order of the rows.
[[nodiscard]] GroupSums group_sums(const RowMatrix& rows, std::span<const std::uint32_t> labels,
                                   std::uint32_t classes);

/// The share of the spread of rows that the groups explain, adjusted for chance:
/// 1 - (W / (n - K)) / (T / (n - 1)), where T is the sum of squared distances from the common mean
/// and W that from the groups' means. 0 expected of groups that are drawn at random, at most 1,
/// negative for groups more alike than chance makes them. Adjusted R^2 of the one-way analysis of
/// variance on distances (Anderson 2001). Nothing for fewer than 2 groups, n <= K or T = 0.
[[nodiscard]] std::optional<double> explained_spread(const GroupSums& sums);

/// How far one group stands from all others.
struct Separation {
  /// (||d||^2 - s_g / n_g - s_r / n_r) / s, where d is the difference of the two means, s_g and s_r
  /// are the traces of the groups' covariances and s that of the pooled one. The numerator has no
  /// bias: 0 is expected of a group drawn at random, and chance may give a negative value.
  /// Rotating, moving and scaling all rows leaves it as it is.
  double separation = 0.0;
  double distance = 0.0;  ///< ||d|| / sqrt(s): what people expect of a distance; never 0 by chance
};

/// Nothing where a side has fewer than 2 rows or nothing varies.
[[nodiscard]] std::optional<Separation> separation(const GroupSums& sums, std::uint32_t group);

/// What each row adds to the error of `separation.separation`, see influence_interval; to first
/// order, so it is small where the groups do not differ.
[[nodiscard]] std::vector<double> separation_influence(const RowMatrix& rows,
                                                       std::span<const std::uint32_t> labels,
                                                       const GroupSums& sums, std::uint32_t group);

}  // namespace kgaudit::metrics
