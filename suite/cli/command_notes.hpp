#pragma once

#include <string_view>
#include <vector>

#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// The examples and exit codes of a command by its path: "kgaudit gate check". Throws
/// BrokenInvariant for a command without notes.
[[nodiscard]] CommandNotes notes_for(std::string_view path);

/// A variable of the environment that the program reads.
struct EnvironmentVariable {
  std::string_view name;
  std::string_view meaning;
};
[[nodiscard]] std::vector<EnvironmentVariable> environment_variables();

}  // namespace kgaudit::cli
