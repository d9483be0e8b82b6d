#pragma once

#include <filesystem>
#include <string_view>

#include "suite/cli/command.hpp"

namespace kgaudit::cli {

/// Writes the reports of a finished run or audit beside its record and shows what came out:
/// `opening`, the verdict of an audit, the comparison and where the files lie. Nothing measured is
/// an exit code of its own.
ExitCode show_result(Session& session, const std::filesystem::path& directory,
                     std::string_view opening = "");

}  // namespace kgaudit::cli
