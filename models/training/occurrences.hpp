#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/training/sparse_gradient.hpp"

namespace kgaudit::models {

/// Which rows of a table a batch touches, and which rows of sparse gradients belong to each. First
/// every id is noted, then gradients are collected; both in a fixed order, so that the sums are the
/// same whatever thread computed a gradient. One object serves all batches of a training.
class Occurrences {
 public:
  /// Forgets the last batch. `table_rows`: ids are below it.
  void begin_batch(std::size_t table_rows);
  /// Asks ahead for what note(id) reads.
  void prefetch(std::uint32_t id) const {
    __builtin_prefetch(&stamp_[id], 1);
    __builtin_prefetch(&slot_[id], 1);
  }
  void note(std::uint32_t id) {
    if (stamp_[id] == batch_) return;
    stamp_[id] = batch_;
    slot_[id] = static_cast<std::uint32_t>(ids_.size());
    ids_.push_back(id);
  }

  /// Distinct ids in order of their first note.
  [[nodiscard]] std::span<const std::uint32_t> ids() const { return ids_; }
  /// Per id of the table: its place in ids(); meaningful for noted ids only.
  [[nodiscard]] std::span<const std::uint32_t> slot() const { return slot_; }

  /// Groups the rows of the gradients by id. All their ids must have been noted; the gradients must
  /// live until the last sum.
  void collect(std::span<const SparseGradient* const> gradients);
  /// How many gradient rows ids()[i] has.
  [[nodiscard]] std::size_t count(std::size_t i) const { return begin_[i + 1] - begin_[i]; }
  /// out (`stride` floats) = the sum of the gradient rows of ids()[i], of which there is one at
  /// least.
  void sum(std::size_t i, float* out, std::size_t stride) const;

 private:
  std::vector<std::uint32_t> ids_;
  std::vector<std::uint32_t> slot_;   ///< valid where the stamp is the batch's
  std::vector<std::uint64_t> stamp_;  ///< batch in which the id was last noted
  std::uint64_t batch_ = 0;
  std::vector<std::uint32_t> begin_;  ///< into rows_, for each distinct id; one more at the end
  std::vector<const float*> rows_;    ///< gradient rows, grouped by id
  std::vector<std::uint32_t> fill_;
};

}  // namespace kgaudit::models
