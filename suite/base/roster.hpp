#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/error.hpp"

namespace kgaudit {

/// The entry with this id in a roster, or InputError (usage) that names what there is and the
/// nearest id. `what` is the family as users call it: "score", "metric", "system" ...
template <typename Entry>
const Entry& find_in_roster(std::span<const Entry* const> roster, std::string_view id,
                            std::string_view what) {
  std::vector<std::string_view> ids;
  for (const Entry* entry : roster) {
    if (entry->id == id) return *entry;
    ids.push_back(entry->id);
  }
  throw InputError::unknown(std::string(what), "", id, ids);
}

}  // namespace kgaudit
