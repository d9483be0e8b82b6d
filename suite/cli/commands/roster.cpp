#include <array>

#include "suite/cli/command.hpp"

namespace kgaudit::cli {

namespace commands_roster {
#define KGA_ENTRY(stem, id) extern const CommandEntry stem;
#include "suite/cli/commands/roster.def"
#undef KGA_ENTRY
}  // namespace commands_roster

std::span<const CommandEntry* const> commands() {
#define KGA_ENTRY(stem, id) &commands_roster::stem,
  static constexpr std::array kAll = {
#include "suite/cli/commands/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

}  // namespace kgaudit::cli
