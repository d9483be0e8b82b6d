#pragma once

#include <cstdint>
#include <span>

#include "metrics/feature_matrix.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

/// Least-squares classification (ridge regression on the one-hot labels): a linear classifier whose
/// cost does not grow with the number of classes, for wide features.
///
/// Minimises the mean of |y - share - (x - mean) W|^2 / 2 + l |W|^2 / 2, where y is the one-hot
/// label and share the class shares. l is the best of .01, .1 and 1 times the mean eigenvalue of
/// the features' covariance, by squared error on a stratified fifth of the rows that is drawn
/// from `rng`; then all rows are fitted. Probabilities are a softmax of s times the fitted values;
/// s, one of 1, 2, 4, ..., 32, has the least cross-entropy on the same fifth. `labels` lie below
/// `classes`, one for each of the rows of `train`, of which there must be 2. Returns the class
/// probabilities of `test`, one column a class. Single-threaded. Costs (rows
/// columns^2) / 2 + 4 columns^3 / 6 multiply-adds.
[[nodiscard]] FeatureMatrix ridge_probabilities(const FeatureMatrix& train,
                                                std::span<const std::uint32_t> labels,
                                                std::uint32_t classes, const FeatureMatrix& test,
                                                Rng rng);

}  // namespace kgaudit::metrics
