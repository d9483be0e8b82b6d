#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

// For tables that take a figure of the comparison apart: one column for each system.

/// The metric of ranking quality that such tables show.
inline constexpr std::string_view kMrr = kFilteredMrr.metric;
/// Facets of `kMrr`, filtered, over the part `set` of the test set, and over one relation.
[[nodiscard]] Facets ranking_of_set(std::string_view set);
[[nodiscard]] Facets ranking_of_relation(const std::string& relation);
/// Test triples behind a fact of both sides: its predictions come in twos.
[[nodiscard]] std::uint64_t test_triples(const MeasurementLine& fact);

/// One column for each system below the heading `group`, and the cells of a line in them.
void add_system_columns(Table& table, const RunRecord& record, const FactIndex& facts,
                        const std::string& key, const std::string& group, int decimals,
                        Spread spread);
void add_system_cells(Row& line, const FactIndex& facts, std::string_view metric,
                      const Facets& facets, Spread spread);

/// Marks the best system of each row, the highest, among the columns below `group`.
void mark_best_in_rows(Table& table, const std::string& group);

}  // namespace kgaudit::reports
