#pragma once

#include <cstddef>
#include <string>

#include "reports/record/fact_index.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// The professions that lean most to either side, two lists side by side with the counts of each
/// attribute value; `top` rows. Empty if the row has no "profession_bias.shift" for the attribute.
/// B is a mean over seeds with its sd or interval where there is one; equal B are ordered by
/// profession id.
[[nodiscard]] Table profession_table(const RunRecord& record, const FactIndex& facts,
                                     const SystemView& row, const std::string& attribute,
                                     std::size_t top = 20, Spread spread = Spread::kSd);

}  // namespace kgaudit::reports
