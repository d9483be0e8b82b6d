#include "suite/cli/exit_codes.hpp"

#include <algorithm>
#include <array>

#include "suite/base/error.hpp"

namespace kgaudit::cli {
namespace {

struct ExitCodeRow {
  int code;
  std::string_view meaning;
};

constexpr std::array kExitCodes = {
    ExitCodeRow{static_cast<int>(ExitCode::kPass), "success"},
    ExitCodeRow{static_cast<int>(ExitCode::kRegression),
                "quality fell, bias rose, a gate failed or a record does not verify"},
    ExitCodeRow{static_cast<int>(ExitCode::kUsage), "invalid command line, plan or dataset card"},
    ExitCodeRow{static_cast<int>(ExitCode::kInconclusive), "too few samples to decide"},
    ExitCodeRow{static_cast<int>(ExitCode::kNotComparable),
                "not comparable: data, plan, machine or build differ"},
    ExitCodeRow{static_cast<int>(ExitCode::kUnreadable),
                "an input file is missing, truncated or malformed"},
    ExitCodeRow{static_cast<int>(ExitCode::kUnsafe),
                "unsafe input, such as a path that leads out of its folder"},
    ExitCodeRow{static_cast<int>(ExitCode::kNothingMeasured), "nothing could be measured"},
    ExitCodeRow{static_cast<int>(ExitCode::kBug), "internal error (please report)"},
    ExitCodeRow{kInterruptedCode, "interrupted"},
};

}  // namespace

std::vector<int> exit_codes() {
  std::vector<int> codes;
  for (const ExitCodeRow& row : kExitCodes) codes.push_back(row.code);
  return codes;
}

std::string_view exit_code_meaning(int code) {
  const auto row = std::ranges::find(kExitCodes, code, &ExitCodeRow::code);
  KGA_REQUIRE(row != kExitCodes.end(), "no exit code {}", code);
  return row->meaning;
}

std::string_view exit_code_meaning(int code, std::string_view command) {
  if (code == static_cast<int>(ExitCode::kRegression)) {
    if (command.starts_with("kgaudit gate")) return "quality fell or bias rose beyond the rules";
    if (command == "kgaudit verify") return "the record does not verify";
    if (command == "kgaudit erase") {
      return "a probe reads more after erasing than before (--fail-if-worse)";
    }
  }
  return exit_code_meaning(code);
}

}  // namespace kgaudit::cli
