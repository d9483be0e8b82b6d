#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "models/embedding/foreign/foreign_embedding.hpp"
#include "suite/base/memory_budget.hpp"

namespace kgaudit::run {

/// One way to score with the rows of another tool: a hypothesis of its reader, and what shapes
/// leave open beyond that.
struct Reading {
  models::ScoreHypothesis score;
  /// With `score.normalise`: relation rows are brought to length 1, too, as OpenKE does it.
  bool relations_too = false;
  /// The two relation tables of PyTorch-BigGraph change places.
  bool exchanged = false;
  models::InverseLayout inverse = models::InverseLayout::kNone;

  /// "transe-l1, rows and relations brought to length 1".
  [[nodiscard]] std::string in_words() const;
};

/// All readings that the embedding leaves open, the likeliest first; none for rows without
/// relations. Throws InputError (usage) at `place` for a comparator whose scores a row for each
/// entity and relation does not give (the cosine of a moved row).
[[nodiscard]] std::vector<Reading> readings_of(const models::ForeignEmbedding& embedding,
                                               const std::string& place);

/// The numbers of an embedding as floats, read once for all readings.
struct ForeignRows {
  models::FloatTable entities;
  struct Relations {
    models::RelationSide side = models::RelationSide::kBoth;
    models::FloatTable rows;
    bool complex = false;  ///< numbers of the file were complex: parts alternate
  };
  std::vector<Relations> relations;
  bool complex = false;               ///< the same of the entities
  std::optional<double> phase_scale;  ///< see ForeignEmbedding
};

/// `wanted` picks entity rows by their number, in that order; without it all are read. The
/// numbers of `embedding` go: tables that a reader made are moved out of it, not copied, and its
/// tensors then have shapes alone.
/// Throws InputError (unreadable) at `place` for numbers that are not finite, and for rows that do
/// not fit the budget.
[[nodiscard]] ForeignRows foreign_rows(
    models::ForeignEmbedding& embedding, const std::string& place, MemoryBudget& budget,
    const std::optional<std::vector<std::uint64_t>>& wanted = {});

/// In place of a row: the entity has none, and zeros stand for it.
inline constexpr std::uint32_t kNoRow = UINT32_MAX;

/// Which row of the file belongs to which entity and relation of a graph.
struct RowsOfGraph {
  std::span<const std::uint32_t> entities;   ///< row of each entity, or kNoRow
  std::span<const std::uint32_t> relations;  ///< row of each relation among the real ones
};

/// The table in the graph's order as our scores want it: complex rows as halves, rotations as
/// phases, a relation for ranking heads at R + r.
[[nodiscard]] std::shared_ptr<const models::EmbeddingTable> table_of(const ForeignRows& rows,
                                                                     const Reading& reading,
                                                                     const RowsOfGraph& graph);

}  // namespace kgaudit::run
