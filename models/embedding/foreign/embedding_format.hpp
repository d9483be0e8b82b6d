#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/embedding/embedding_table.hpp"
#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/embedding/foreign/foreign_path.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::models {

/// Rows with names, in the order of their file.
struct NamedRows {
  std::vector<std::string> names;
  FloatTable rows;  ///< names.size() rows
  SourceFile source;
  std::uint64_t rounded = 0;  ///< numbers of the file that a float does not hold
};

/// One roster entry: a kind of file or folder that holds an embedding which was trained elsewhere.
struct EmbeddingFormat {
  std::string_view id;
  std::string_view title;
  std::string_view description;  ///< what such a file looks like
  std::string_view source;       ///< who writes such files
  std::string_view pitfalls;
  /// Whether the file or folder may be one, by its beginning, its keys or the files in the folder.
  /// One whose rest is broken is for `read` to refuse.
  bool (*sniff)(ForeignPath& path);
  /// Throws InputError with the place: unreadable for whatever is not as `description` says, unsafe
  /// for what reaches out of the data, usage for what is known and cannot be read row by row.
  ForeignEmbedding (*read)(ForeignPath& path);
  /// Whether `read` can be asked about a file that `sniff` would not take, and says itself what is
  /// wrong with it. All others are asked after their `sniff` alone, also where a user names them.
  bool reads_unsniffed = false;
  /// Whether `sniff` takes whatever is text: in a folder a README would be an embedding, too.
  bool takes_any_text = false;
  /// Of text with a row a line, its name first: how many lines stand before the rows. nullptr for
  /// all other formats. See RowLines.
  std::uint64_t (*lines_before_rows)(const ForeignEmbedding& embedding) = nullptr;
};

/// All formats in roster order: the order in which a file is sniffed at.
[[nodiscard]] std::span<const EmbeddingFormat* const> embedding_formats();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const EmbeddingFormat& find_embedding_format(std::string_view id);
/// The format that the options name, else the first that the file or folder may belong to. Throws
/// InputError (unreadable) when it cannot be read or belongs to none.
[[nodiscard]] const EmbeddingFormat& embedding_format_of(ForeignPath& path);

/// Sniffs and reads. A folder that no reader knows, with one file in it that one does, is read as
/// that file; text is asked last, and a file of relations beside one of entities is no other one
/// (relation_file_of). Where the options contradict a conclusion they win, and the conclusion says
/// so.
[[nodiscard]] ForeignEmbedding read_foreign_embedding(const std::filesystem::path& path,
                                                      const ReadOptions& options = {});

/// The same as a stage of its own, with progress by the file's bytes on disk; takes the place of
/// ReadOptions::on_read. Throws Interrupted when the user asks to stop while text is read.
[[nodiscard]] ForeignEmbedding read_foreign_embedding(const std::filesystem::path& path,
                                                      ReadOptions options, Progress& progress);

/// The entities' rows as floats with their names. Throws InputError (unreadable) if there are no
/// names, or numbers are not finite.
[[nodiscard]] NamedRows named_rows(ForeignEmbedding embedding, std::string_view place,
                                   MemoryBudget& budget);

}  // namespace kgaudit::models
