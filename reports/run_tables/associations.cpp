#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/run_table.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::string_view kAssociation = "word_association.profession";

// The professions whose own rows lie nearest to one group's persons.
Table make_associations(const RunRecord& record, const FactIndex& facts,
                        const TableOptions& options) {
  Table table;
  std::vector<std::pair<double, Facets>> professions;
  for (const Facets& facets : facts.facets_of(kAssociation)) {
    if (facet_or(facets, "attribute") != options.attribute) continue;
    const auto lines = facts.facts(options.row, kAssociation, facets);
    if (lines.empty() || !lines.front()->measurement.defined()) continue;
    professions.emplace_back(std::abs(lines.front()->measurement.value()), facets);
  }
  if (professions.empty()) return table;
  std::stable_sort(professions.begin(), professions.end(),
                   [](const auto& x, const auto& y) { return x.first > y.first; });
  table.title = fmt::format("Professions by association with {}, {}",
                            label_of(record, options.attribute), name_of(record, options.row));
  table.columns = {
      text_column("profession", "profession"),
      text_column("group", label_of(record, options.attribute)),
      {.key = "association", .header = "association, deviations →0", .intervals = true}};
  const std::size_t shown = std::min(options.professions, professions.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const Facets& facets = professions[i].second;
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "profession"))});
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "group"))});
    row.cells.push_back(
        cell_of(facts, options.row, kAssociation, facets, {.spread = options.spread}));
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "How much nearer (cosine) a profession's row lies to the group's persons than to all others, "
      "in deviations over persons.";
  table.notes.push_back(fmt::format("The {} strongest of {}.", shown, professions.size()));
  return table;
}

}  // namespace

extern const RunTable associations;
constinit const RunTable associations = {
    .id = "associations",
    .chapter = Chapter::kProfessions,
    .make = make_associations,
    .below = 1,
    .limited = true,
};

}  // namespace kgaudit::reports::run_tables_roster
