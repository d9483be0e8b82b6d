#pragma once

#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// Writes out what must not reach a reader's screen as it stands (see `visible`) in every text of a
/// record that a report may show: names, facets, labels, reasons, findings. For a record that is
/// shown; raw columns are found under the names that it had before.
void make_visible(RunRecord& record);

}  // namespace kgaudit::reports
