#pragma once

#include <string_view>
#include <vector>

#include "suite/base/exit_code.hpp"

namespace kgaudit::cli {

/// Interrupted by Ctrl-C or SIGTERM: 128 + SIGINT, as shells expect. What is left then is each
/// command's own, see CommandEntry::when_stopped.
inline constexpr int kInterruptedCode = 130;

/// All exit codes, in ascending order.
[[nodiscard]] std::vector<int> exit_codes();
/// What a process says that ends with `code`, which must be one of them.
[[nodiscard]] std::string_view exit_code_meaning(int code);
/// The same of one command, by its path: what the others end with 1 for is left out.
[[nodiscard]] std::string_view exit_code_meaning(int code, std::string_view command);

}  // namespace kgaudit::cli
