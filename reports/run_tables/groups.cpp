#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/system_columns.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// One row for each value of the attribute: persons, ΔS of every system, test triples, filtered MRR
// of the attribute's own relation. Values in the record's order, the commonest first.
Table make_groups(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  const std::string& attribute = options.attribute;
  const Spread spread = options.spread;

  Table table;
  table.title = fmt::format("Groups of {}", label_of(record, attribute));
  std::vector<Facets> groups;
  for (const char* metric : {"score_gap.by_value", "group_gap.mrr"}) {
    for (const Facets& facets : facts.facets_of(metric)) {
      if (facets.size() != 2 || facet_or(facets, "attribute") != attribute) continue;
      if (facet_or(facets, "value").empty()) continue;
      if (std::find(groups.begin(), groups.end(), facets) == groups.end()) groups.push_back(facets);
    }
  }
  table.columns.push_back(text_column("value", label_of(record, attribute)));
  table.columns.push_back(count_column("persons", "persons"));
  add_system_columns(table, record, facts, "score_gap.by_value", "score gap ΔS →0", 2, spread);
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "group_gap.mrr", "MRR of the value ↑", 3, spread);
  const auto count = [&](const char* metric, const Facets& facets) -> Cell {
    const MeasurementLine* fact = facts.first(metric, facets);
    return fact == nullptr ? Cell(TextCell{}) : count_cell(fact->measurement.n());
  };
  for (const Facets& facets : groups) {
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "value"))});
    row.cells.push_back(count("score_gap.by_value", facets));
    add_system_cells(row, facts, "score_gap.by_value", facets, spread);
    row.cells.push_back(count("group_gap.mrr", facets));
    add_system_cells(row, facts, "group_gap.mrr", facets, spread);
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "Persons: those whose value is stated in train. ΔS: score of the true value minus the mean "
      "of "
      "the others, mean over these persons. MRR: filtered rank of the true value in ";
  table.caption += ranks_validation(record) ? "valid." : "test.";
  add_release_note(table, record,
                   std::array{ShownMeasure{"score gap ΔS", "score_gap.by_value"},
                              ShownMeasure{"MRR of the value", "group_gap.mrr"}});
  return table;
}

}  // namespace

extern const RunTable groups;
constinit const RunTable groups = {
    .id = "groups",
    .chapter = Chapter::kGroups,
    .make = make_groups,
    .below = 1,
};

}  // namespace kgaudit::reports::run_tables_roster
