#pragma once

#include "suite/cli/command.hpp"
#include "suite/cli/command_line.hpp"
#include "suite/cli/console.hpp"

namespace kgaudit::cli {

/// The command line of the program: all commands with all their options. Parsing it fills `console`
/// and gives `chosen` the action of the command that was typed; both must outlive the result.
/// Separate from run_program so that tests can walk it.
[[nodiscard]] ProgramLine declare_program(Console::Options& console, CommandAction& chosen);

}  // namespace kgaudit::cli
