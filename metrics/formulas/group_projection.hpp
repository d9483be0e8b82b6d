#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "metrics/formulas/association.hpp"

namespace kgaudit::metrics {

/// The places of rows on the line from the others' mean to the group's mean, with a direction that
/// did not see the row: for each fold it is the difference of the two means over all other folds,
/// at length 1. Nothing where a fold leaves a side without rows, or its direction is 0.
[[nodiscard]] std::optional<std::vector<double>> held_out_projections(
    const RowMatrix& rows, const std::vector<bool>& in_group, std::span<const std::uint32_t> folds,
    std::uint32_t fold_count);

/// The mean of the group less the mean of the others, over the deviation within the two (pooled):
/// Cohen's d. With what each unit adds to its error, see influence_interval.
struct StandardisedGap {
  double gap = 0.0;
  std::vector<double> influence;
};
/// Nothing for fewer than 2 values on a side or where nothing varies within the sides.
[[nodiscard]] std::optional<StandardisedGap> standardised_gap(std::span<const double> values,
                                                              const std::vector<bool>& in_group);

/// The share of the rows' whole variance that lies along the difference of the two means. About
/// 1 / dimension for a direction that is like any other; in [0, 1]. Nothing where there is none.
[[nodiscard]] std::optional<double> variance_share(const RowMatrix& rows,
                                                   const std::vector<bool>& in_group);

}  // namespace kgaudit::metrics
