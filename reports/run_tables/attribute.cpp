#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// Facts with one of these facets are many; they have tables and figures of their own.
constexpr std::array<const char*, 6> kOwnTables = {"profession", "value",    "group",
                                                   "relation",   "quantile", "over"};

// The facts of an attribute as a whole: one row a fact, one column a system. Facts of single
// professions, values and relations stand in tables of their own.
Table make_attribute(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  const std::string& attribute = options.attribute;
  struct Fact {
    std::string metric;
    Facets facets;
    const Measurement* first;
  };
  std::vector<Fact> rows;
  std::set<std::pair<std::string, Facets>> known;
  for (const MeasurementLine& line : record.measurements) {
    if (facet_or(line.facets, "attribute", "") != attribute || is_test_fact(line)) continue;
    const auto stands_elsewhere = [&](const char* facet) { return line.facets.contains(facet); };
    if (std::any_of(kOwnTables.begin(), kOwnTables.end(), stands_elsewhere)) continue;
    if (known.emplace(line.metric, line.facets).second) {
      rows.push_back({line.metric, line.facets, &line.measurement});
    }
  }
  Table table;
  table.title = fmt::format("Attribute {}", label_of(record, attribute));
  table.columns = {
      text_column("measure", "measure"), text_column("unit", "unit"), {.key = "n", .header = "n"}};
  const std::vector<SystemView>& systems = facts.systems();
  for (const SystemView& system : systems) {
    const std::string name = name_of(record, system);
    table.columns.push_back({.key = name, .header = name, .intervals = true});
  }
  std::vector<ShownMeasure> measures;
  for (const Fact& fact : rows) {
    std::vector<std::string> rest;
    for (const auto& [name, value] : fact.facets) {
      if (name != "attribute") {
        rest.push_back(fmt::format("{} {}", name, label_of(record, value)));
      }
    }
    const std::string name =
        rest.empty() ? fact.metric : fmt::format("{} ({})", fact.metric, fmt::join(rest, ", "));
    Row row;
    row.cells.emplace_back(
        TextCell{name + direction_mark(fact.first->direction(), neutral_value(fact.metric))});
    row.cells.emplace_back(TextCell{fact.first->unit()});
    row.cells.emplace_back(TextCell{with_thousands(fact.first->n())});
    for (const SystemView& system : systems) {
      row.cells.push_back(
          cell_of(facts, system, fact.metric, fact.facets, {.spread = options.spread}));
    }
    table.rows.push_back(std::move(row));
    // Facts of one metric are of the same release, but for some of group_gap.
    const std::size_t end = fact.metric.starts_with("group_gap.profession_score")
                                ? fact.metric.size()
                                : fact.metric.find('.');
    measures.push_back({fact.metric.substr(0, end), fact.metric});
  }
  add_release_note(table, record, measures);
  return table;
}

}  // namespace

extern const RunTable attribute;
constinit const RunTable attribute = {
    .id = "attribute",
    .chapter = Chapter::kGroups,
    .make = make_attribute,
};

}  // namespace kgaudit::reports::run_tables_roster
