#pragma once

#include <vector>

#include "reports/document/document.hpp"
#include "reports/document/report_writer.hpp"
#include "reports/record/search_record.hpp"
#include "reports/record/sweep_record.hpp"

namespace kgaudit::reports {

/// The report of a search: the weights found, what was searched on what data, every trial, and the
/// plan that makes it again.
[[nodiscard]] Document search_document(const SearchRecord& search);

/// The report of a sweep: its table, its figures, what was run on what data, and the plan.
[[nodiscard]] Document sweep_document(const SweepRecord& sweep,
                                      const std::vector<FigureBlock>& figures);

/// A report without records of runs, for the writers.
[[nodiscard]] Report make_report(Document document);

}  // namespace kgaudit::reports
