#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "datasets/knowledge_graph.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/attribute_rules.hpp"

namespace kgaudit::models {

/// Where a chunk reads entity rows: the table itself, or rows that a system made for the batch.
struct EntityRows {
  const FloatTable* table = nullptr;
  const std::uint32_t* slot = nullptr;  ///< entity -> row; nullptr = the entity's own id

  [[nodiscard]] const float* row(std::uint32_t entity) const {
    return table->row(slot == nullptr ? entity : slot[entity]);
  }
  void prefetch(std::uint32_t entity) const {
    table->prefetch(slot == nullptr ? entity : slot[entity]);
  }
};

/// A chunk: m positives that share their negatives, so that scoring them is one matrix product a
/// side.
struct ChunkJob {
  std::span<const datasets::Triple> positives;
  std::span<const std::uint32_t> tail_negatives;
  std::span<const std::uint32_t> head_negatives;
  EntityRows entities;
};

/// One row of a chunk's score matrix for one side.
struct ChunkQuery {
  std::uint32_t positive = 0;  ///< index in the chunk; also the column of the true candidate
  std::uint32_t relation = 0;  ///< row of the tail direction, twins included
  AttributeSets sets{};        ///< vectors added to the known entity and to each candidate
  bool plain = false;          ///< no vectors, whatever the rules allow
  bool residual = false;       ///< only vectors learn from it
  bool moves_known = true;     ///< the known entity's row learns from it
  bool moves_candidates = true;

  [[nodiscard]] std::uint32_t known_entity(const ChunkJob& job, AskedSide side) const {
    const datasets::Triple& t = job.positives[positive];
    return side == AskedSide::kTail ? t.head.value : t.tail.value;
  }
};

}  // namespace kgaudit::models
