#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "suite/base/exit_code.hpp"
#include "suite/base/progress.hpp"
#include "suite/cli/console.hpp"

namespace CLI {
class App;
}

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
  /// Declares the command's options on its own sub-app and returns what runs once they are parsed.
  CommandAction (*attach)(CLI::App& app);
};

/// All commands in roster order.
[[nodiscard]] std::span<const CommandEntry* const> commands();

/// Declares the whole command line on `app`: all commands with all their options. `chosen` receives
/// the action of the command that was typed. Separate from run_program so that tests can walk it.
void declare_program(CLI::App& app, Console::Options& console, CommandAction& chosen);

}  // namespace kgaudit::cli
