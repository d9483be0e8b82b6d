#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/error.hpp"

namespace kgaudit {

/// The ids of a roster's entries, in its order.
template <typename Roster>
[[nodiscard]] std::vector<std::string> ids_of(const Roster& roster) {
  std::vector<std::string> ids;
  for (const auto* entry : roster) ids.emplace_back(entry->id);
  return ids;
}

/// The entry with this id in a roster, or InputError (usage) that names what there is and the
/// nearest id. `what` is the family as users call it: "score", "metric", "system" ...
template <typename Entry>
const Entry& find_in_roster(std::span<const Entry* const> roster, std::string_view id,
                            std::string_view what) {
  for (const Entry* entry : roster) {
    if (entry->id == id) return *entry;
  }
  throw InputError::unknown(std::string(what), "", id, ids_of(roster));
}

}  // namespace kgaudit
