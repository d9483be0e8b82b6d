#include <array>

#include "models/training/system.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {

namespace systems_roster {
#define KGA_ENTRY(stem, id) extern const SystemEntry stem;
#include "models/systems/roster.def"
#undef KGA_ENTRY
}  // namespace systems_roster

std::span<const SystemEntry* const> systems() {
#define KGA_ENTRY(stem, id) &systems_roster::stem,
  static constexpr std::array kAll = {
#include "models/systems/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const SystemEntry& reference_system() { return *systems().front(); }

const SystemEntry& find_system(std::string_view id) {
  return find_in_roster(systems(), id, "system");
}

}  // namespace kgaudit::models
