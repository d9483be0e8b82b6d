#pragma once

#include <cstddef>

#include "metrics/feature_matrix.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

/// Rows of two sets in the same new features.
struct MappedRows {
  FeatureMatrix train;
  FeatureMatrix test;
};

/// The rows as they are, and beside them their Gaussian kernel exp(-|x - y|^2 / m^2) with each of
/// `count` rows y that are drawn from `train` without repetition (all of them if there are fewer);
/// m is the median distance of pairs of rows of `train`. All columns are standardised by `train`. A
/// linear classifier on these features is a kernel classifier by the Nystroem method (Williams &
/// Seeger 2001). Drawn rows reach the quality of the whole kernel with far fewer features than
/// random waves (Rahimi & Recht 2007) do where rows have many coordinates. Draws come from `rng`;
/// both sets must have the same columns, and `train` rows.
[[nodiscard]] MappedRows kernel_features(const FeatureMatrix& train, const FeatureMatrix& test,
                                         std::size_t count, Rng rng);

}  // namespace kgaudit::metrics
