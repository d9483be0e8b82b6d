#pragma once

#include <filesystem>
#include <string_view>

#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"
#include "suite/cli/command.hpp"

namespace kgaudit::cli {

/// Whether a metric has a value. Times, memory and how many persons or values there were are always
/// there; they do not count.
[[nodiscard]] bool anything_measured(const reports::RunRecord& record);

/// Shows a comparison in the terminal: as it was chosen, else its short form, which fits a hundred
/// columns in two blocks, with a line about how to see the rest of `run`.
void show_comparison(const Console& console, const reports::Table& comparison, bool chosen,
                     const std::string& run);

/// Shows the sentences of the record's verdict, if it has any.
void show_verdict(const Console& console, const reports::RunRecord& record);

/// Writes the reports of a finished run or audit beside its record and shows what came out:
/// `opening`, the verdict of an audit, the comparison and where the files lie. Nothing measured is
/// an exit code of its own.
ExitCode show_result(Session& session, const std::filesystem::path& directory,
                     std::string_view opening = "");

}  // namespace kgaudit::cli
