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

// The relations with facts of their own, those with most test triples first.
std::vector<std::pair<std::string, std::uint64_t>> relations_by_size(const FactIndex& facts) {
  std::vector<std::pair<std::string, std::uint64_t>> relations;
  for (const Facets& facets : facts.facets_of(kMrr)) {
    const std::string relation = facet_or(facets, "relation");
    if (relation.empty() || facets != ranking_of_relation(relation)) continue;
    relations.emplace_back(relation, test_triples(*facts.first(kMrr, facets)));
  }
  std::stable_sort(relations.begin(), relations.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return relations;
}

// Filtered MRR of every relation, those with most test triples first.
Table make_relations(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  const Spread spread = options.spread;
  const std::size_t top = options.relations;

  Table table;
  table.title = "Ranking quality by relation";
  table.caption = "Filtered MRR of heads and tails, relations with most test triples first.";
  table.columns.push_back(text_column("relation", "relation"));
  table.columns.push_back(count_column("test_triples", "test triples"));
  add_system_columns(table, record, facts, "mrr", "MRR ↑", 3, spread);
  const auto relations = relations_by_size(facts);
  for (std::size_t i = 0; i < std::min(top, relations.size()); ++i) {
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, relations[i].first)});
    row.cells.push_back(count_cell(relations[i].second));
    add_system_cells(row, facts, kMrr, ranking_of_relation(relations[i].first), spread);
    table.rows.push_back(std::move(row));
  }
  if (relations.size() > top) {
    table.notes.push_back(
        fmt::format("{} of {} relations; the CSV table has all.", top, relations.size()));
  }
  mark_best_in_rows(table, "MRR ↑");
  add_release_note(table, record, std::array{ShownMeasure{"MRR", std::string(kMrr)}});
  return table;
}

}  // namespace

extern const RunTable relations;
constinit const RunTable relations = {
    .id = "relations",
    .chapter = Chapter::kRanking,
    .make = make_relations,
    .folded = true,
    .limited = true,
};

}  // namespace kgaudit::reports::run_tables_roster
