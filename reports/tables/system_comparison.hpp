#pragma once

#include <span>
#include <string_view>

#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// One column of a table of systems, or one for each attribute.
struct ComparisonColumn {
  FactName fact;
  std::string_view group;
  std::string_view header = "";  ///< of a fact of an attribute: the attribute's own name
  int decimals = 3;
  Centre centre = Centre::kMean;
  double scale = 1.0;          ///< shown number = measured number * scale
  std::string_view unit = "";  ///< of the scaled number; "" = the fact's
  double neutral = 0.0;        ///< where "nearer is better" points to, as shown
  /// What the reference row has in its place; nullptr = nothing.
  const FactName* reference = nullptr;
};

/// Whether the record has the figures that neither units nor majorities move (question, strongest
/// probe): records from before them do not.
[[nodiscard]] bool has_rulers(const RunRecord& record, const FactIndex& facts);

/// A row for each system and a column for each choice that the record has a fact of; above them a
/// reference row, named `reference_row`, if any column has a value for it. Marks the best value of
/// each column and the differences that tests confirm; a note tells the sample sizes.
[[nodiscard]] Table compare_systems(const RunRecord& record, const FactIndex& facts,
                                    const TableOptions& options,
                                    std::span<const ComparisonColumn> choices,
                                    std::string_view reference_row);

}  // namespace kgaudit::reports
