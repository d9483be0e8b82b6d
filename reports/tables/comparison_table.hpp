#pragma once

#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// The table of Fisher et al. 2020 (EMNLP, tables 2 to 4) from records alone: ranking quality,
/// time, score gap and leakage of each attribute for every system, with a row of majority guesses.
/// Columns without a single fact are left out; a note tells n of each group of columns.
[[nodiscard]] Table comparison_table(const RunRecord& record, const FactIndex& facts,
                                     Spread spread = Spread::kSd);
[[nodiscard]] Table comparison_table(const RunRecord& record, Spread spread = Spread::kSd);

}  // namespace kgaudit::reports
