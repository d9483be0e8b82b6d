#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "reports/document/report_writer.hpp"
#include "suite/cli/console.hpp"

namespace kgaudit::cli {

/// Makes `folder` if need be. Throws InputError (usage) if that cannot be.
void make_folder(const std::filesystem::path& folder);

/// Makes `folder` if need be, and marks it as one of reports. Throws InputError (usage) if that
/// cannot be, and for a folder with files in which no report and no run lies.
void make_report_folder(const std::filesystem::path& folder);

/// Writes the report in the given formats into `folder`, which must exist, and returns the paths,
/// the main file of each format first. Throws InputError (usage) for a file that cannot be written.
std::vector<std::filesystem::path> write_reports(
    const reports::Report& report, std::span<const reports::ReportWriter* const> formats,
    const std::filesystem::path& folder);

/// Tells people where to begin to read, and programs all files: at most three paths in words.
void show_files(const Console& console, const std::filesystem::path& folder,
                std::span<const std::filesystem::path> files);

}  // namespace kgaudit::cli
