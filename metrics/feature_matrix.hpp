#pragma once

#include <cstdint>
#include <span>

#include <Eigen/Core>

namespace kgaudit::metrics {

/// What probes work on: features, logits or probabilities, one row a person.
using FeatureMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The chosen rows, in the order given.
[[nodiscard]] FeatureMatrix rows_of(const FeatureMatrix& all, std::span<const std::size_t> chosen);

/// Subtracts the column means of `train` from both and divides by its column deviations; a column
/// that is constant in `train` becomes 0 in it.
void standardise(FeatureMatrix& train, FeatureMatrix& test);

/// Turns rows of logits into rows of probabilities. With `labels`, one a row, returns the summed
/// cross-entropy in nats, else 0.
double softmax_rows(FeatureMatrix& logits, std::span<const std::uint32_t> labels = {});

/// Probabilities minus the one-hot truth: the gradient of the cross-entropy in the logits.
void subtract_truth(FeatureMatrix& probabilities, std::span<const std::uint32_t> labels);

}  // namespace kgaudit::metrics
