#pragma once

#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Seconds per epoch (median, smallest, largest), training time in all and last loss per system.
[[nodiscard]] Table time_table(const RunRecord& record);

}  // namespace kgaudit::reports
