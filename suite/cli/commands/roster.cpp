#include <array>

#include "suite/cli/command.hpp"

namespace kgaudit::cli {

// Every commands/<stem>.cpp defines <stem>_command().
#define KGA_ENTRY(stem, id) [[nodiscard]] const CommandEntry& stem##_command();
#include "suite/cli/commands/roster.def"
#undef KGA_ENTRY

std::span<const CommandEntry* const> commands() {
#define KGA_ENTRY(stem, id) &stem##_command(),
  static const auto roster = std::to_array<const CommandEntry*>({
#include "suite/cli/commands/roster.def"
  });
#undef KGA_ENTRY
  return roster;
}

}  // namespace kgaudit::cli
