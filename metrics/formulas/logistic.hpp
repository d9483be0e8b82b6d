#pragma once

#include <cstdint>
#include <span>

#include "metrics/feature_matrix.hpp"
#include "metrics/person_features.hpp"

namespace kgaudit::metrics {

struct LogisticOptions {
  double l2 = 10.0;          ///< weight of |W|^2 / 2 against the summed cross-entropy (biases free)
  int max_iterations = 100;  ///< of L-BFGS
  double tolerance = 1e-3;   ///< stops when the largest entry of the mean gradient is below
};

/// Multinomial logistic regression with an L2 penalty, by L-BFGS (Nocedal & Wright 2006, algorithm
/// 7.5; 10 pairs, Armijo backtracking). `labels` lie below `classes`, one for each row of `train`.
/// Returns the class probabilities of `test`, one column a class. Single-threaded, without chance.
[[nodiscard]] FeatureMatrix logistic_probabilities(const FeatureMatrix& train,
                                                   std::span<const std::uint32_t> labels,
                                                   std::uint32_t classes, const FeatureMatrix& test,
                                                   const LogisticOptions& options);
/// The same on rows of zeros and ones, at a cost that grows with the ones.
[[nodiscard]] FeatureMatrix logistic_probabilities(const SparseRows& train,
                                                   std::span<const std::uint32_t> labels,
                                                   std::uint32_t classes, const SparseRows& test,
                                                   const LogisticOptions& options);

}  // namespace kgaudit::metrics
