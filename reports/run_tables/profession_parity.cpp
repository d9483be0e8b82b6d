#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/run_table.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::string_view kRankGap = "rank_parity.rank_gap";

// The professions whose places differ most between the two commonest groups, with the differences
// of the shares for whom they would be named.
Table make_profession_parity(const RunRecord& record, const FactIndex& facts,
                             const TableOptions& options) {
  Table table;
  std::vector<std::pair<double, Facets>> professions;
  for (const Facets& facets : facts.facets_of(kRankGap)) {
    if (facet_or(facets, "attribute") != options.attribute) continue;
    const auto lines = facts.facts(options.row, kRankGap, facets);
    if (lines.empty() || !lines.front()->measurement.defined()) continue;
    professions.emplace_back(std::abs(lines.front()->measurement.value()), facets);
  }
  if (professions.empty()) return table;
  std::stable_sort(professions.begin(), professions.end(),
                   [](const auto& x, const auto& y) { return x.first > y.first; });
  const std::string a = label_of(record, facet_or(professions.front().second, "a"));
  const std::string b = label_of(record, facet_or(professions.front().second, "b"));
  table.title = fmt::format("Professions by rank parity of {}, {}",
                            label_of(record, options.attribute), name_of(record, options.row));
  table.columns = {
      text_column("profession", "profession"),
      {.key = "rank_gap", .header = "place →0", .intervals = true},
      {.key = "true_positive_gap", .header = "named if so →0", .intervals = true},
      {.key = "unseen_true_positive_gap", .header = "named if so, unseen →0", .intervals = true},
      {.key = "false_positive_gap", .header = "named if not so →0", .intervals = true}};
  const std::size_t shown = std::min(options.professions, professions.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Facets& facets = professions[i].second;
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "profession"))});
    for (const char* metric :
         {"rank_parity.rank_gap", "rank_parity.true_positive_gap",
          "rank_parity.unseen_true_positive_gap", "rank_parity.false_positive_gap"}) {
      row.cells.push_back(cell_of(facts, options.row, metric, facets, {.spread = options.spread}));
    }
    table.rows.push_back(std::move(row));
  }
  table.caption = fmt::format(
      "{} less {}. Place: share of the other professions that this one beats, mean over persons. "
      "Named: share of the persons for whom the model ranks it among the first, of those who have "
      "it by train, by valid or test alone (unseen), and of those who are not known to have it.",
      a, b);
  table.notes.push_back(
      fmt::format("The {} largest of {} differences of places; a dash: too few such persons.",
                  shown, professions.size()));
  return table;
}

}  // namespace

extern const RunTable profession_parity;
constinit const RunTable profession_parity = {
    .id = "profession_parity",
    .chapter = Chapter::kProfessions,
    .make = make_profession_parity,
    .below = 1,
    .limited = true,
};

}  // namespace kgaudit::reports::run_tables_roster
