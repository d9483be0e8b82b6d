#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/run_table.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::string_view kProxyAuc = "proxies.auc";

// Which other facts give the attribute back, in the order of the record: the strongest first. A
// property of the data, so the first system speaks for all.
Table make_proxies(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  Table table;
  table.title = fmt::format("What else tells {}", label_of(record, options.attribute));
  table.columns = {text_column("relation", "relation"),
                   text_column("side", "the person is its"),
                   {.key = "auc", .header = "AUC →0.5", .intervals = true},
                   {.key = "auc_covered", .header = "AUC of those with such a fact →0.5"},
                   {.key = "covered", .header = "share of persons with one"}};
  std::size_t all = 0;
  for (const Facets& facets : facts.facets_of(kProxyAuc)) {
    if (facet_or(facets, "attribute") != options.attribute) continue;
    if (++all > options.relations) continue;
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "relation"))});
    row.cells.emplace_back(TextCell{facet_or(facets, "side")});
    for (const std::string_view metric : {kProxyAuc, std::string_view("proxies.auc_covered"),
                                          std::string_view("proxies.covered")}) {
      row.cells.push_back(cell_of_fact(facts.first(metric, facets)));
    }
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "A linear classifier on the values of this relation alone, without any embedding, "
      "cross-validated over persons. An AUC of .5 tells nothing.";
  if (all > options.relations) {
    table.notes.push_back(
        fmt::format("{} of {} relations; the CSV table has all.", options.relations, all));
  }
  return table;
}

}  // namespace

extern const RunTable proxies;
constinit const RunTable proxies = {
    .id = "proxies",
    .chapter = Chapter::kGroups,
    .make = make_proxies,
    .below = 1,
    .limited = true,
};

}  // namespace kgaudit::reports::run_tables_roster
