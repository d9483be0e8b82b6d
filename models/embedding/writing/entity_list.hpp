#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace kgaudit::models {

/// The names in a file, one a line, each once, in the order of the file; empty lines are passed
/// over. Bytes are kept as they are, but for a CR before the line end. The file may be packed.
/// Throws InputError (unreadable) for no name.
[[nodiscard]] std::vector<std::string> read_entity_list(const std::filesystem::path& file);

/// Which rows a list of names picks.
struct PickedRows {
  std::vector<std::uint64_t> rows;   ///< in the order of the list; of rows of one name the first
  std::vector<std::string> missing;  ///< names of the list that no row has
};
/// Throws InputError (usage) at `place` when no name of the list has a row.
[[nodiscard]] PickedRows picked_rows(std::span<const std::string> names,
                                     std::span<const std::string> list, const std::string& place);

}  // namespace kgaudit::models
