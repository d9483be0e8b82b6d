#pragma once

#include "reports/record/sweep_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// One row a finished run, in the order of the sweep, the Pareto-optimal ones named in a note.
[[nodiscard]] Table sweep_table(const SweepRecord& sweep);

}  // namespace kgaudit::reports
