#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// Cuts the training triples into batches and chunks, and draws the chunks' negatives. All streams
/// are keyed by what they are for: epoch and step alone decide, not what was drawn before.
class BatchSampler {
 public:
  /// `triples` (at least one) and `pool` must outlive the object. `entities`: negatives are drawn
  /// from [0, entities).
  BatchSampler(std::span<const datasets::Triple> triples, std::size_t entities,
               const TrainingOptions& options, std::uint64_t seed, ThreadPool& pool);

  [[nodiscard]] std::size_t triples() const { return triples_.size(); }
  [[nodiscard]] std::size_t batches() const;

  /// Puts the triples in the order of this epoch, 0 for the first.
  void begin_epoch(std::uint32_t epoch);
  /// Draws batch `index` of the epoch, the update that `step` updates of the training came before.
  void draw(std::size_t index, std::uint64_t step);

  /// Of the batch that was drawn last.
  [[nodiscard]] std::span<const datasets::Triple> positives() const { return positives_; }
  [[nodiscard]] std::size_t chunks() const;
  [[nodiscard]] std::span<const datasets::Triple> positives_of(std::size_t chunk) const;
  /// Tail negatives, then as many head negatives.
  [[nodiscard]] std::span<const std::uint32_t> negatives_of(std::size_t chunk) const {
    return negatives_[chunk];
  }

 private:
  std::span<const datasets::Triple> triples_;
  std::uint32_t entities_;
  std::size_t batch_size_;
  std::size_t chunk_size_;
  std::size_t chunks_per_batch_;
  std::size_t negatives_per_chunk_;
  std::uint64_t seed_;
  ThreadPool& pool_;
  std::vector<std::uint32_t> order_;
  std::vector<datasets::Triple> positives_;
  std::vector<std::vector<std::uint32_t>> negatives_;  ///< per chunk
};

}  // namespace kgaudit::models
