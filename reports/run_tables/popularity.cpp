#include <array>
#include <utility>
#include <vector>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/system_columns.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// Filtered MRR by quarter of the train degree of the entity to be found, the difference between the
// highest and the lowest, rank correlation and degree-weighted MRR: one row a system.
Table make_popularity(const RunRecord& record, const FactIndex& facts,
                      const TableOptions& options) {
  const Spread spread = options.spread;

  Table table;
  table.title = "Ranking quality by popularity";
  table.columns.push_back(text_column("system", "system"));
  std::vector<std::pair<const char*, Facets>> sources;
  const auto add = [&](const char* metric, Facets facets, std::string key, std::string group,
                       std::string header, Direction direction) {
    if (facts.first(metric, facets) == nullptr) return;
    table.columns.push_back({.key = std::move(key),
                             .group = std::move(group),
                             .header = std::move(header),
                             .direction = direction,
                             .intervals = spread == Spread::kInterval});
    sources.emplace_back(metric, std::move(facets));
  };
  constexpr std::array<const char*, 4> kQuarters = {"rarest", "2nd", "3rd", "commonest"};
  for (std::size_t q = 0; q < kQuarters.size(); ++q) {
    const std::string number = std::to_string(q + 1);
    add("degree_bias.mrr", {{"side", "both"}, {"quartile", number}}, "mrr.quarter" + number,
        "MRR by quarter of degree ↑", kQuarters[q], Direction::kHigher);
  }
  const Facets both = {{"side", "both"}};
  add("degree_bias.quartile_gap", both, "quartile_gap", "", "gap →0", Direction::kNearer);
  add("degree_bias.spearman", both, "spearman", "", "Spearman →0", Direction::kNearer);
  add("degree_bias.stratified_mrr", both, "stratified_mrr", "", "weighted MRR ↑",
      Direction::kHigher);
  if (sources.empty()) return table;
  for (const SystemView& system : facts.systems()) {
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const auto& [metric, facets] : sources) {
      row.cells.push_back(cell_of(facts, system, metric, facets, {.spread = spread}));
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  table.caption =
      "Degree: occurrences in train of the entity to be found. Gap: commonest minus rarest "
      "quarter. "
      "Spearman: of degree with reciprocal rank. Weighted MRR: rare entities weigh more.";
  add_release_note(table, record, std::array{ShownMeasure{"all columns", "degree_bias.mrr"}});
  return table;
}

}  // namespace

extern const RunTable popularity;
constinit const RunTable popularity = {
    .id = "popularity",
    .chapter = Chapter::kRanking,
    .make = make_popularity,
};

}  // namespace kgaudit::reports::run_tables_roster
