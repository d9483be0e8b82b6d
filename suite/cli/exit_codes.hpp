#pragma once

#include <string>

#include "suite/base/exit_code.hpp"

namespace kgaudit::cli {

/// Interrupted by Ctrl-C or SIGTERM, all saved: 128 + SIGINT, as shells expect.
inline constexpr int kInterruptedCode = 130;

/// The table of exit codes for the end of every help text.
[[nodiscard]] std::string exit_code_help();

}  // namespace kgaudit::cli
