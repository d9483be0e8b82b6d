#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "suite/base/exit_code.hpp"
#include "suite/base/progress.hpp"
#include "suite/cli/command_line.hpp"
#include "suite/cli/console.hpp"

namespace kgaudit::cli {

/// What a running command may use.
struct Session {
  const Console& console;
  Progress& progress;
};

using CommandAction = std::function<ExitCode(Session&)>;

/// One roster entry: a subcommand of the program.
struct CommandEntry {
  std::string_view id;
  std::string_view summary;  ///< one line of the program's help
  /// Declares the command's options and returns what runs once they are parsed.
  CommandAction (*attach)(CommandLine line);
  /// What a user who stopped it finds.
  std::string_view when_stopped = "nothing was changed";
};

/// All commands in roster order.
[[nodiscard]] std::span<const CommandEntry* const> commands();

}  // namespace kgaudit::cli
