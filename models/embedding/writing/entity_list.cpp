#include "models/embedding/writing/entity_list.hpp"

#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "models/embedding/foreign/vector_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/mapped_file.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::models {

std::vector<std::string> read_entity_list(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  ByteLines lines(mapped.bytes(), file.string());
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  while (lines.next()) {
    std::string_view line = lines.line();
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && seen.emplace(line).second) names.emplace_back(line);
  }
  if (names.empty()) {
    throw InputError::unreadable(file.string(), "no name", "names of entities, one a line");
  }
  return names;
}

PickedRows picked_rows(std::span<const std::string> names, std::span<const std::string> list,
                       const std::string& place) {
  std::unordered_map<std::string_view, std::uint64_t> row_of;
  for (std::uint64_t row = 0; row < names.size(); ++row) row_of.emplace(names[row], row);
  PickedRows picked;
  for (const std::string& name : list) {
    const auto found = row_of.find(name);
    if (found != row_of.end()) {
      picked.rows.push_back(found->second);
    } else {
      picked.missing.push_back(name);
    }
  }
  if (picked.rows.empty()) {
    throw InputError::usage(place,
                            fmt::format("no row for any of {} names, such as '{}'",
                                        with_thousands(list.size()), printable(list[0], 40)),
                            names.empty() ? std::string("rows with names")
                                          : fmt::format("names as '{}'", printable(names[0], 40)),
                            names.empty() ? "--entities FILE with the names" : "");
  }
  return picked;
}

}  // namespace kgaudit::models
