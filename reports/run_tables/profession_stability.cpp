#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "reports/record/list_stability.hpp"
#include "reports/tables/run_table.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

bool has_professions(const FactIndex& facts, const SystemView& row, const std::string& attribute) {
  return std::ranges::any_of(facts.lines_of("profession_bias.shift"),
                             [&](const MeasurementLine* line) {
                               return line->system == row.system && line->view == row.view &&
                                      facet_or(line->facets, "attribute") == attribute;
                             });
}

// Whether another seed would give the same lists of professions, a row for each system. Lists that
// it would change are no finding, and no table shows them.
Table make_stability(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  Table table;
  table.title = fmt::format("Do other seeds give the same professions? {}",
                            label_of(record, options.attribute));
  table.columns = {
      text_column("system", "system"),
      {.key = "overlap", .header = "share in common", .decimals = 2, .intervals = true},
      {.key = "by_chance", .header = "by chance", .decimals = 2},
      {.key = "needed", .header = "needed", .decimals = 2},
      {.key = "correlation", .header = "Spearman", .decimals = 2, .intervals = true},
      text_column("shown", "lists shown")};
  std::string top;
  bool unknown = false;
  for (const SystemView& row : facts.systems()) {
    if (!has_professions(facts, row, options.attribute)) continue;
    const ListStability stability = list_stability(facts, row, options.attribute);
    unknown = unknown || stability.overlap == nullptr;
    if (stability.overlap != nullptr) top = facet_or(stability.overlap->facets, "top");
    Row line;
    line.cells.emplace_back(TextCell{name_of(record, row)});
    line.cells.push_back(cell_of_fact(stability.overlap));
    line.cells.push_back(cell_of_fact(stability.by_chance));
    line.cells.push_back(stability.by_chance == nullptr ? Cell(TextCell{})
                                                        : number_cell(stability.needed()));
    line.cells.push_back(cell_of_fact(stability.correlation));
    line.cells.emplace_back(TextCell{stability.holds() ? "yes" : "no"});
    table.rows.push_back(std::move(line));
  }
  if (!top.empty()) {
    table.notes.push_back(fmt::format(
        "Share of the {} professions at either end that two seeds both name, and Spearman's "
        "correlation of all; means over pairs of seeds with 95 % jackknife intervals, which need 3 "
        "seeds. Lists are shown where seeds share more than half way from chance to all of them; "
        "others change with the seed and are no finding.",
        top));
  }
  if (unknown) {
    table.notes.emplace_back(
        "This record does not say how stable the lists are, so none is shown. The option "
        "--reference of kgaudit report works it out.");
  }
  return table;
}

}  // namespace

extern const RunTable profession_stability;
constinit const RunTable profession_stability = {
    .id = "profession_stability",
    .chapter = Chapter::kGroups,
    .make = make_stability,
    .below = 1,
};

}  // namespace kgaudit::reports::run_tables_roster
