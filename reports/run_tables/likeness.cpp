#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// Equivalence and non-inferiority tests, for claims that no large p supports: MRR not worse than
// the reference by the margin, score gaps within the margin of 0.
Table make_likeness(const RunRecord& record, const FactIndex& facts, const TableOptions&) {
  // Records from before 0.3.0 have another gap tested, which a constant in all scores can move.
  const bool older = std::ranges::any_of(record.measurements, [](const MeasurementLine& line) {
    return line.metric == "significance.equivalence" &&
           facet_or(line.facets, "metric") == kGapStandardised.metric;
  });
  Table table;
  table.title = "Equivalence and non-inferiority tests";
  table.caption =
      "A small p supports the claim: MRR is less than the margin below the reference's, or the "
      "score gap lies within the margin of 0. A large p supports neither the claim nor its "
      "opposite. The gap is " +
      std::string(older ? "that of all persons, in standard deviations of all candidates' scores."
                        : "the mean over the values, in standard deviations of one value's scores "
                          "over persons.");
  table.columns = {
      text_column("system", "system"),
      text_column("claim", "claim"),
      {.key = "p", .header = "p", .decimals = 4, .intervals = true, .p_value = true},
      text_column("shown", "shown"),
      {.key = "estimate", .header = "mean or lower bound", .decimals = 4, .intervals = true}};
  std::map<std::pair<std::string, Facets>, const MeasurementLine*> estimates;
  const auto key = [](const MeasurementLine& line) {
    return std::pair(line.system + "\n" + line.view, line.facets);
  };
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric == "significance.non_inferiority_bound" ||
        line.metric == "significance.equivalence_mean") {
      estimates[key(line)] = &line;
    }
  }
  for (const MeasurementLine& line : record.measurements) {
    const bool not_worse = line.metric == "significance.non_inferiority";
    if (!not_worse && line.metric != "significance.equivalence") continue;
    const auto alpha = parse_double(facet_or(line.facets, "alpha"));
    const bool shown = line.measurement.defined() && alpha && line.measurement.value() <= *alpha;
    const std::string margin = facet_or(line.facets, "margin");
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, {line.system, line.view})});
    row.cells.emplace_back(TextCell{
        not_worse ? fmt::format("MRR{} less than {} below {}",
                                facet_or(line.facets, "set") == "without_sensitive"
                                    ? " without sensitive relations"
                                    : "",
                                margin, facet_or(line.facets, "reference"))
                  : fmt::format("score gap of {} within ± {}",
                                label_of(record, facet_or(line.facets, "attribute")), margin)});
    row.cells.push_back(cell_of_fact(&line));
    row.cells.emplace_back(TextCell{!line.measurement.defined() ? "not tested"
                                    : shown                     ? "yes"
                                                                : "no"});
    const auto estimate = estimates.find(key(line));
    row.cells.push_back(cell_of_fact(estimate == estimates.end() ? nullptr : estimate->second));
    for (Cell& cell : row.cells) {
      if (auto* number = std::get_if<NumberCell>(&cell)) {
        number->release = facts.release({line.system, line.view}, line.metric, line.facets);
      }
    }
    table.rows.push_back(std::move(row));
  }
  add_release_note(
      table, record,
      std::array{
          ShownMeasure{"MRR", std::string(kFilteredMrr.metric)},
          ShownMeasure{"score gap",
                       std::string((older ? kGapStandardised : kGapInPersonSdsMacro).metric)}});
  return table;
}

}  // namespace

extern const RunTable likeness;
constinit const RunTable likeness = {
    .id = "likeness",
    .chapter = Chapter::kTests,
    .make = make_likeness,
    .folded = true,
};

}  // namespace kgaudit::reports::run_tables_roster
