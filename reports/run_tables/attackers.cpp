#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/strongest_probe.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

/// Baselines without an embedding stand in the caption.
constexpr std::array<std::string_view, 3> kBaselines = {"majority", "degree", kGraphProbe};

// What each probe reads of hidden persons: one row a system, one column a probe, and which of them
// the figure "leakage of hidden persons" is of.
Table make_attackers(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  const std::string& attribute = options.attribute;
  Table table;
  table.title = fmt::format("Probes of {}, one by one", label_of(record, attribute));
  table.columns.push_back(text_column("system", "system"));
  std::vector<Facets> probes;
  const auto& known = facts.facets_of(kGraphAuc.metric);
  const std::set<Facets> all(known.begin(), known.end());
  for (const Facets& facets : all) {
    if (facet_or(facets, "attribute", "") != attribute ||
        facet_or(facets, "persons", "") != kHeldOutPersons) {
      continue;
    }
    const std::string probe = facet_or(facets, "probe", "");
    if (std::ranges::find(kBaselines, probe) != kBaselines.end()) continue;
    table.columns.push_back({.key = probe,
                             .group = "AUC of hidden persons →0.5",
                             .header = label_of(record, probe),
                             .direction = Direction::kNearer,
                             .neutral = 0.5,
                             .intervals = options.spread == Spread::kInterval});
    probes.push_back(facets);
  }
  if (probes.empty()) return table;
  table.columns.push_back(text_column("strongest", "strongest"));
  for (const SystemView& system : facts.systems()) {
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const Facets& facets : probes) {
      row.cells.push_back(
          cell_of(facts, system, kGraphAuc.metric, facets, {.spread = options.spread}));
    }
    row.cells.emplace_back(TextCell{strongest_probe(record, facts, system, attribute)});
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "Strongest: of the probes on rows and on the model's answers, chosen for each fifth of the "
      "persons by the other four; in brackets the share of persons where it is not all. Neighbours "
      "have the graph, too, and are not chosen.";
  if (const MeasurementLine* graph = facts.first(kGraphAuc, attribute);
      graph != nullptr && graph->measurement.defined()) {
    table.caption +=
        fmt::format(" Without any embedding, the names of a person's neighbours give {:.3f}.",
                    graph->measurement.value());
  }
  add_release_note(table, record, std::array{ShownMeasure{"all columns", "leakage"}});
  return table;
}

}  // namespace

extern const RunTable attackers;
constinit const RunTable attackers = {
    .id = "attackers",
    .chapter = Chapter::kGroups,
    .make = make_attackers,
    .below = 1,
};

}  // namespace kgaudit::reports::run_tables_roster
