#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "suite/base/parameters.hpp"

namespace kgaudit::models {

/// The parameter table that all systems of a run share: score, dimension, loss, negatives,
/// optimiser, epochs ... (`[training]` of a plan).
[[nodiscard]] std::span<const ParameterSpec> training_parameters();

/// The values of that table which the training loop itself works with; the table says what each
/// one means.
struct TrainingOptions {
  /// Throws InputError (usage) when there would be no negatives at all.
  explicit TrainingOptions(const Parameters& training);

  std::size_t dimension;
  std::size_t batch_size;
  std::size_t chunk_size;  ///< at most batch_size
  std::size_t uniform_negatives;
  bool in_batch_negatives;
  bool filter_negatives;
  bool reciprocal;
  std::uint32_t epochs;
  std::uint32_t warm_up_epochs;
  float learning_rate;
  float final_learning_rate;
  double initial_scale;
  float entity_decay;
  float relation_decay;
  bool prior_removal;

  /// Most chunks that a batch is cut into.
  [[nodiscard]] std::size_t chunks_per_batch() const {
    return (batch_size + chunk_size - 1) / chunk_size;
  }
  /// The learning rate of the update that `step` updates came before, `batches` an epoch: a linear
  /// rise from 0 over the warm-up, then linear towards final_learning_rate of itself.
  [[nodiscard]] float learning_rate_at(std::uint64_t step, std::uint64_t batches) const;
};

}  // namespace kgaudit::models
