#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::models {

/// Rows with names, in the order of their file.
struct NamedRows {
  std::vector<std::string> names;
  FloatTable rows;  ///< names.size() rows
  SourceFile source;
};

/// One roster entry: a kind of file that holds an embedding which was trained elsewhere.
struct EmbeddingFormat {
  std::string_view id;
  std::string_view title;
  std::string_view description;  ///< what such a file looks like
  std::string_view source;       ///< who writes such files
  std::string_view pitfalls;
  std::string_view ending;  ///< of the names of written files, with its dot
  /// Whether a file that begins with these bytes (kSniffedBytes of them, or the whole file) may be
  /// one. A file whose rest is broken is for `read` to refuse.
  bool (*sniff)(std::string_view head);
  /// Throws InputError (unreadable) with the place for whatever is not as `description` says.
  NamedRows (*read)(const std::filesystem::path& file);
  /// Writes rows that `read` brings back to the bit; names.size() is rows.rows(). The file appears
  /// whole or not at all. Throws InputError (unreadable) when the disk refuses.
  void (*write)(const std::filesystem::path& file, const std::vector<std::string>& names,
                const FloatTable& rows);
};

inline constexpr std::size_t kSniffedBytes = 512;

/// All formats in roster order: the order in which a file is sniffed at.
[[nodiscard]] std::span<const EmbeddingFormat* const> embedding_formats();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const EmbeddingFormat& find_embedding_format(std::string_view id);
/// The first format that the beginning of the file may belong to. Throws InputError (unreadable)
/// when the file cannot be read or belongs to none.
[[nodiscard]] const EmbeddingFormat& embedding_format_of(const std::filesystem::path& file);

}  // namespace kgaudit::models
