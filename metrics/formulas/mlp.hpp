#pragma once

#include <cstdint>
#include <span>

#include "metrics/feature_matrix.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::metrics {

struct MlpOptions {
  int hidden = 300;  ///< Fisher et al. 2020, section 4.3
  int epochs = 20;
  int batch = 128;
  double learning_rate = 1e-3;
  double weight_decay = 1e-3;  ///< decoupled (AdamW); the paper states no regularisation
  /// Initial weights of the output are drawn with this times 1 / sqrt(hidden) as deviation. With 1
  /// an untrained network is as sure of itself as it is wrong; with less it begins near equal
  /// shares.
  double output_scale = 1.0;
  /// Early stopping: one in so many rows, drawn within each class, is not learnt from but judges.
  /// Training ends after `patience` epochs without a smaller cross-entropy of these rows, at the
  /// latest after `epochs`, and the weights of the best epoch stay. 0 = all rows, all epochs.
  std::uint32_t judge_one_in = 0;
  int patience = 5;
};

/// d - hidden (ReLU) - classes with softmax and cross-entropy, trained by Adam. Fisher et al. state
/// the shape only; optimiser, epochs and batches are this project's. `labels` lie below `classes`,
/// one for each row of `train`. Returns the class probabilities of `test`, one column a class.
/// Single-threaded; initial weights, batches and who judges are drawn from `rng`.
[[nodiscard]] FeatureMatrix mlp_probabilities(const FeatureMatrix& train,
                                              std::span<const std::uint32_t> labels,
                                              std::uint32_t classes, const FeatureMatrix& test,
                                              const MlpOptions& options, Rng rng);

}  // namespace kgaudit::metrics
