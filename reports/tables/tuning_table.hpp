#pragma once

#include "reports/record/search_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Every system's best trial: values, validation MRR, reductions, probe and what it misses. Trials
/// that failed are named below, with their reasons.
[[nodiscard]] Table tuning_table(const SearchRecord& search);

/// Every trial in file order, for the reader who wants to see the search itself.
[[nodiscard]] Table trials_table(const SearchRecord& search);

}  // namespace kgaudit::reports
