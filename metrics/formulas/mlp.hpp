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
};

/// d - hidden (ReLU) - classes with softmax and cross-entropy, trained by Adam. Fisher et al. state
/// the shape only; optimiser, epochs and batches are this project's. `labels` lie below `classes`,
/// one for each row of `train`. Returns the class probabilities of `test`, one column a class.
/// Single-threaded; initial weights and batches are drawn from `rng`.
[[nodiscard]] FeatureMatrix mlp_probabilities(const FeatureMatrix& train,
                                              std::span<const std::uint32_t> labels,
                                              std::uint32_t classes, const FeatureMatrix& test,
                                              const MlpOptions& options, Rng rng);

}  // namespace kgaudit::metrics
