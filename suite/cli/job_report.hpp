#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/document/report_writer.hpp"
#include "suite/cli/command.hpp"

namespace kgaudit::cli {

/// The record of a search or a sweep, which `kgaudit report` shows as it shows that of a run.
struct JobRecord {
  enum class Kind { kSearch, kSweep };
  Kind kind = Kind::kSearch;
  std::filesystem::path file;
};

/// What `given`, a folder or a record, holds; nothing for a run and for what is no record at all.
[[nodiscard]] std::optional<JobRecord> job_record(const std::filesystem::path& given);

struct JobReportRequest {
  std::vector<const reports::ReportWriter*> formats;  ///< empty = a table for the terminal
  std::filesystem::path out;                          ///< empty = print on stdout
  bool figures = true;                                ///< with `out`, where the record has some
};

/// Makes the tables and figures of a search or a sweep again from its record alone.
ExitCode report_job(Session& session, const JobRecord& record, const JobReportRequest& request);

}  // namespace kgaudit::cli
