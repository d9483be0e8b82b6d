#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "reports/report_writer.hpp"
#include "reports/run_record.hpp"

namespace kgaudit::cli {

/// Writes the record in the given formats into `folder` (made if need be) and returns the paths,
/// the main file of each format first. Throws InputError (usage) for a file that cannot be written.
std::vector<std::filesystem::path> write_reports(
    const reports::RunRecord& record, std::span<const reports::ReportWriter* const> formats,
    const std::filesystem::path& folder);

}  // namespace kgaudit::cli
