#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

bool about_seeds(const MeasurementLine& line) {
  return facet_or(line.facets, "test").ends_with("over seeds");
}

// "leakage.accuracy (gender, linear)".
std::string measure_name(const RunRecord& record, const Facets& facets) {
  std::vector<std::string> parts;
  for (const char* name : kMeasureFacets) {
    const std::string value = facet_or(facets, name);
    if (!value.empty() && value != "all") parts.push_back(label_of(record, value));
  }
  std::string name = facet_or(facets, "metric");
  if (name == "score_gap.micro") name = "|score_gap.micro|";
  return parts.empty() ? name : fmt::format("{} ({})", name, fmt::join(parts, ", "));
}

// All facts on one tested measure of one row.
struct TestedMeasure {
  SystemView row;
  Facets facets;
  const MeasurementLine* difference = nullptr;
  const MeasurementLine* over_units = nullptr;
  const MeasurementLine* over_both = nullptr;
  const MeasurementLine* p = nullptr;  ///< of the test whose p-values are corrected
  std::vector<const MeasurementLine*> over_seeds = {};  ///< p of every test over seeds
  const MeasurementLine* p_units = nullptr;
  const MeasurementLine* adjusted = nullptr;
  const MeasurementLine* effect = nullptr;
  const MeasurementLine* detectable = nullptr;
  const MeasurementLine* seeds_needed = nullptr;
};

void take(TestedMeasure& tested, const MeasurementLine& line) {
  const std::string what = line.metric.substr(line.metric.find('.') + 1);
  const std::string test = facet_or(line.facets, "test");
  if (what == "difference" && test.starts_with("hierarchical")) {
    tested.over_both = &line;
  } else if (what == "difference") {
    (about_seeds(line) ? tested.difference : tested.over_units) = &line;
  } else if (what == "p" && !about_seeds(line)) {
    tested.p_units = &line;
  } else if (what == "p") {
    tested.over_seeds.push_back(&line);
  } else if (what == "p_adjusted") {
    tested.adjusted = &line;
  } else if (what == "effect" && about_seeds(line)) {
    tested.effect = &line;
  } else if (what == "detectable") {
    tested.detectable = &line;
  } else if (what == "seeds_needed") {
    tested.seeds_needed = &line;
  }
}

// The p-value that stands beside the adjusted one: of the same test, else of the paired t test.
const MeasurementLine* p_shown(const TestedMeasure& tested) {
  const std::string corrected =
      tested.adjusted == nullptr ? "" : facet_or(tested.adjusted->facets, "test");
  const MeasurementLine* shown = nullptr;
  for (const MeasurementLine* p : tested.over_seeds) {
    const std::string test = facet_or(p->facets, "test");
    if (test == corrected) return p;
    if (test.starts_with("paired t")) shown = p;
  }
  return shown;
}

// Every tested difference of a system from the reference: estimate with interval over seeds and
// over triples or persons, p, adjusted p, effect size, and what so many seeds can see.
Table make_significance(const RunRecord& record, const FactIndex& facts, const TableOptions&) {
  std::vector<TestedMeasure> all;
  std::map<std::string, std::size_t> places;
  std::string reference;
  for (const MeasurementLine& line : record.measurements) {
    if (!is_test_fact(line) || line.metric.starts_with("significance.equivalence")) continue;
    const SystemView row{line.system, line.view};
    const auto [place, is_new] = places.emplace(
        tested_measure(row, facet_or(line.facets, "metric"), line.facets), all.size());
    if (is_new) {
      all.push_back({row, line.facets});
      reference = facet_or(line.facets, "reference");
    }
    take(all[place->second], line);
  }
  Table table;
  table.title = fmt::format("Differences from {}", reference);
  table.caption =
      "System minus reference, with intervals; for score gaps of their distance from 0. "
      "Detectable: "
      "the smallest difference that a paired t test of these seeds finds with the planned power.";
  const std::string seeds = "over seeds";
  const std::string units = "over triples or persons";
  const std::string can_see = "power of these seeds";
  const auto number = [](std::string key, std::string header, const std::string& group,
                         int decimals = 4) {
    return Column{.key = std::move(key),
                  .group = group,
                  .header = std::move(header),
                  .decimals = decimals,
                  .intervals = true};
  };
  const auto p_value = [&number](std::string key, std::string header, const std::string& group) {
    Column column = number(std::move(key), std::move(header), group);
    column.p_value = true;
    return column;
  };
  table.columns = {text_column("system", "system"),
                   text_column("measure", "measure"),
                   number("difference", "difference", seeds),
                   p_value("p", "p", seeds),
                   p_value("p_adjusted", "adjusted p", seeds),
                   number("effect", "dz", seeds, 2),
                   number("difference_units", "difference", units),
                   p_value("p_units", "p", units),
                   number("difference_both", "difference", "over both"),
                   number("detectable", "detectable", can_see),
                   number("seeds_needed", "seeds needed", can_see, 0)};
  std::vector<ShownMeasure> measures;
  bool adjusted_over_units = false;
  for (TestedMeasure& tested : all) {
    tested.p = p_shown(tested);
    if (tested.adjusted != nullptr && !about_seeds(*tested.adjusted)) adjusted_over_units = true;
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, tested.row)});
    row.cells.emplace_back(TextCell{measure_name(record, tested.facets)});
    for (const MeasurementLine* line :
         {tested.difference, tested.p, tested.adjusted, tested.effect, tested.over_units,
          tested.p_units, tested.over_both, tested.detectable, tested.seeds_needed}) {
      row.cells.push_back(cell_of_fact(line));
      if (auto* shown = std::get_if<NumberCell>(&row.cells.back())) {
        shown->release = facts.release(tested.row, line->metric, line->facets);
      }
    }
    table.rows.push_back(std::move(row));
    const std::string metric = facet_or(tested.facets, "metric");
    measures.push_back({metric, metric});
  }
  add_release_note(table, record, measures);
  if (adjusted_over_units) {
    table.columns[4].group = "";  // the plan corrects the bootstrap's p-values
  }
  return table;
}

}  // namespace

extern const RunTable significance;
constinit const RunTable significance = {
    .id = "significance",
    .chapter = Chapter::kTests,
    .make = make_significance,
    .folded = true,
};

}  // namespace kgaudit::reports::run_tables_roster
