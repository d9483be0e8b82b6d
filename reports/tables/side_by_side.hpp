#pragma once

#include <string>

#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Two records as one table: a row for each system and measure of their comparison tables, with
/// both values, the difference b - a and the ratio b / a (Undefined where a is 0). What only one of
/// them has stands with a dash. The title says in what data, plan (by its keys), build or machine
/// the two differ; rows of no system, such as the majority guess, come last. The columns are headed
/// "run 1" and `name_of_b`. No test is made: a difference here is a difference, not a finding.
[[nodiscard]] Table side_by_side(const RunRecord& a, const RunRecord& b,
                                 const std::string& name_of_b = "run 2",
                                 Spread spread = Spread::kSd);

}  // namespace kgaudit::reports
