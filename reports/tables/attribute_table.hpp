#pragma once

#include <string>

#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// The facts of an attribute as a whole: one row a fact, one column a system. Facts of single
/// professions, values and relations stand in tables of their own.
[[nodiscard]] Table attribute_table(const RunRecord& record, const FactIndex& facts,
                                    const std::string& attribute, Spread spread = Spread::kSd);

}  // namespace kgaudit::reports
