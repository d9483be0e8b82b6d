#pragma once

#include <string>

#include "reports/report_writer.hpp"
#include "reports/run_record.hpp"

namespace kgaudit::reports {

/// The whole report of a run: what was run, the comparison, each attribute, professions, time,
/// integrity findings, limits, and the plan that makes it again. Pure.
[[nodiscard]] std::string markdown_report(const RunRecord& record,
                                          const ReportOptions& options = {});

}  // namespace kgaudit::reports
