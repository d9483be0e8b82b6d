#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/foreign/foreign_path.hpp"
#include "models/embedding/foreign/vector_text.hpp"

namespace kgaudit::models {

/// The lines that an embedding's entity rows were read from, in their order: for rows that are
/// copied from text to text of the same form, where no digit may change.
class RowLines {
 public:
  /// Whether the embedding was read from such text, all of it.
  [[nodiscard]] static bool has(const ForeignEmbedding& embedding);

  /// `path` is the one that the embedding was read from; has(embedding).
  RowLines(const std::filesystem::path& path, const ForeignEmbedding& embedding);

  /// That of the next row, which has this name, without its end; valid until the next call. Throws
  /// InputError (unreadable) where the file is no longer as it was read.
  [[nodiscard]] std::string_view next(std::string_view name);

 private:
  ForeignPath file_;
  ByteLines lines_;
};

}  // namespace kgaudit::models
