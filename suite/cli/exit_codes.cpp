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
      Row{static_cast<int>(ExitCode::kPass), "success"},
      Row{static_cast<int>(ExitCode::kRegression),
          "quality fell, bias rose, a gate failed or a record does not verify"},
      Row{static_cast<int>(ExitCode::kUsage), "invalid command line, plan or dataset card"},
      Row{static_cast<int>(ExitCode::kInconclusive), "too few samples to decide"},
      Row{static_cast<int>(ExitCode::kNotComparable),
          "not comparable: data, plan, machine or build differ"},
      Row{static_cast<int>(ExitCode::kUnreadable),
          "an input file is missing, truncated or malformed"},
      Row{static_cast<int>(ExitCode::kUnsafe),
          "unsafe input, such as a path that leads out of its folder"},
      Row{static_cast<int>(ExitCode::kNothingMeasured), "nothing could be measured"},
      Row{static_cast<int>(ExitCode::kBug), "internal error (please report)"},
      Row{kInterruptedCode, "interrupted; all finished work is saved, continue with --resume"},
  };
  std::string text = "Exit codes:\n";
  for (const Row& row : rows) text += fmt::format("  {:<4} {}\n", row.code, row.meaning);
  return text;
}

}  // namespace kgaudit::cli
