#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
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

/// Reads embeddings from text: a row a line, its name and its numbers separated by tabs, no header;
/// what PyTorch-BigGraph exports as TSV (names may hold blanks, numbers may not). All rows have the
/// same width. Numbers keep all their bits; one that is too small for a float is 0.
///
/// Throws InputError (unreadable) with file:line for a line without numbers, with another number of
/// them, with something that is not a finite number or fits no float, for a name that stands twice,
/// and for a file without rows.
[[nodiscard]] NamedRows read_embedding_text(const std::filesystem::path& file);

/// Writes the same form, each number with the fewest digits that read back to the same float. The
/// file appears whole or not at all. Throws InputError (unreadable) when the disk refuses.
void write_embedding_text(const std::filesystem::path& file, const std::vector<std::string>& names,
                          const FloatTable& rows);

}  // namespace kgaudit::models
