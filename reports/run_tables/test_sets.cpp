#include <array>
#include <utility>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/system_columns.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// Filtered MRR of the parts of the test set: all, without sensitive relations, sensitive relations,
// triples with a person, whitelisted triples.
Table make_test_sets(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  const Spread spread = options.spread;

  constexpr std::array<std::pair<const char*, const char*>, 5> kSets = {
      {{"all", "all test triples"},
       {"without_sensitive", "without sensitive relations"},
       {"sensitive", "sensitive relations"},
       {"persons", "triples with a person"},
       {"whitelisted", "whitelisted triples"}}};
  Table table;
  table.title = "Ranking quality by part of the test set";
  table.caption =
      "Filtered MRR of heads and tails. Whitelisted: the relation or the profession "
      "may legitimately depend on an attribute.";
  table.columns.push_back(text_column("set", "part"));
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "mrr", "MRR ↑", 3, spread);
  for (const auto& [set, words] : kSets) {
    const MeasurementLine* fact = facts.first(kMrr, ranking_of_set(set));
    if (fact == nullptr) continue;
    Row row;
    row.cells.emplace_back(TextCell{words});
    row.cells.push_back(count_cell(test_triples(*fact)));
    add_system_cells(row, facts, kMrr, ranking_of_set(set), spread);
    table.rows.push_back(std::move(row));
  }
  mark_best_in_rows(table, "MRR ↑");
  add_release_note(table, record, std::array{ShownMeasure{"MRR", std::string(kMrr)}});
  return table;
}

}  // namespace

extern const RunTable test_sets;
constinit const RunTable test_sets = {
    .id = "test_sets",
    .chapter = Chapter::kRanking,
    .make = make_test_sets,
};

}  // namespace kgaudit::reports::run_tables_roster
