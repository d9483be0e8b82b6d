#include "suite/cli/exit_codes.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace kgaudit::cli {

std::string exit_code_help() {
  struct Row {
    int code;
    std::string_view meaning;
  };
  const std::array rows = {
      Row{static_cast<int>(ExitCode::kPass), "all was measured"},
      Row{static_cast<int>(ExitCode::kRegression),
          "quality fell or bias rose; a gate failed; a record does not verify"},
      Row{static_cast<int>(ExitCode::kUsage), "the command line, plan or card makes no sense"},
      Row{static_cast<int>(ExitCode::kInconclusive), "too few samples to decide"},
      Row{static_cast<int>(ExitCode::kNotComparable), "data, plan, machine or build differ"},
      Row{static_cast<int>(ExitCode::kUnreadable), "an input is missing, truncated or malformed"},
      Row{static_cast<int>(ExitCode::kUnsafe), "an input asks for something it must not"},
      Row{static_cast<int>(ExitCode::kNothingMeasured), "every measurement came out undefined"},
      Row{static_cast<int>(ExitCode::kBug), "our mistake, never yours"},
      Row{kInterruptedCode, "interrupted; all finished work is saved, --resume goes on"},
  };
  std::string text = "Exit codes:\n";
  for (const Row& row : rows) text += fmt::format("  {:<4} {}\n", row.code, row.meaning);
  return text;
}

}  // namespace kgaudit::cli
