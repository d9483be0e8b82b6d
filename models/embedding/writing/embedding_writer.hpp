#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/writing/output_format.hpp"
#include "suite/base/memory_budget.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::models {

/// What write_embedding wrote.
struct WrittenEmbedding {
  std::vector<std::string> files;  ///< relative to the folder, in the order of writing
  std::uint64_t entities = 0;
  std::uint64_t relations = 0;  ///< rows, those of inverse relations included
  /// Numbers that a float does not hold, as of float64: rounded to the nearest.
  std::uint64_t rounded = 0;
};

/// Rows that are as they were read. Where they came as lines of text and go into text of the same
/// form, their lines are copied: floats would keep the value of each number and not its digits.
struct CopiedRows {
  std::filesystem::path file;  ///< the file or folder that the embedding was read from
  std::vector<bool> rows;      ///< per entity row
};

/// Writes entities, relations, names and attribute vectors of an embedding into a new folder, in
/// each of the formats, with kgaudit_embedding.json, which says how rows are scored. The `kgaudit`
/// reader brings all of it back: floats to the bit, names to the byte, what a reader concluded and
/// how sure it was.
///
///   entity_embeddings.<ending>
///   relation_embeddings.<ending>              of two tables relation_tails_..., relation_heads_...
///   <attribute>_vectors_embeddings.<ending>   of each table of attribute vectors
///   entity_ids.json ...                       for formats that hold no names
///
/// `rows` picks entities by their row, in that order; `copied`, which goes without it, says which
/// rows are copied. The folder appears whole or not at all. Rows pass through in pieces: of a table
/// that lies in a file, no more than a piece is ever in memory.
///
/// Throws InputError before anything is written: usage for a name that a format can't hold
/// (require_writable_names), rows without names where a format needs them, a folder that holds
/// something or that the disk refuses, and names that would make another reader take the file;
/// unreadable at `place` as rows_of, and for numbers that are not finite; Interrupted when the user
/// asks to stop. Nothing is then left.
[[nodiscard]] WrittenEmbedding write_embedding(
    const ForeignEmbedding& embedding, std::span<const OutputFormat* const> formats,
    const std::filesystem::path& folder, const std::string& place, MemoryBudget& budget,
    const std::optional<std::vector<std::uint64_t>>& rows = {}, const CopiedRows* copied = nullptr,
    Progress& progress = silent_progress());

/// The part of write_embedding that refuses names, for those who compute something before they
/// write.
void require_writable(const ForeignEmbedding& embedding,
                      std::span<const OutputFormat* const> formats, const std::string& place);

}  // namespace kgaudit::models
