#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// The shells that scripts are made for.
[[nodiscard]] std::vector<std::string> completed_shells();

/// A script that tells a shell which commands, options and words may stand where. `root` is the
/// line of the whole program. `shell` is one of completed_shells().
[[nodiscard]] std::string shell_completion(const CommandLine& root, std::string_view shell);

}  // namespace kgaudit::cli
