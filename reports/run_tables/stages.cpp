#include <algorithm>
#include <utility>
#include <vector>

#include "reports/record/stage_times.hpp"
#include "reports/tables/run_table.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// Where the time of a run went, longest first, and which system took most of a stage.
Table make_stages(const RunRecord& record, const FactIndex&, const TableOptions&) {
  Table table;
  table.title = "Where the time went";
  table.columns = {
      text_column("stage", "stage"),
      {.key = "seconds", .header = "wall seconds", .decimals = 1},
      {.key = "share", .header = "share of the run, %", .decimals = 1},
      text_column("most", "most of it for"),
      {.key = "most_share", .header = "its share, %", .decimals = 1},
  };
  const std::vector<StageTime> stages = stage_times(record);
  double all = 0.0;
  for (const StageTime& stage : stages) all += stage.seconds;
  const auto share = [](double part, double whole) {
    return whole > 0.0 ? number_cell(100.0 * part / whole) : Cell{UndefinedCell{"no time passed"}};
  };
  for (const StageTime& stage : stages) {
    Row row;
    row.cells.emplace_back(TextCell{stage.stage});
    row.cells.push_back(number_cell(stage.seconds));
    row.cells.push_back(share(stage.seconds, all));
    const auto most =
        std::ranges::max_element(stage.by_system, {}, [](const auto& part) { return part.second; });
    if (most == stage.by_system.end()) {
      row.cells.emplace_back(TextCell{"the whole run"});
      row.cells.emplace_back(TextCell{""});
    } else {
      row.cells.emplace_back(TextCell{label_of(record, most->first)});
      row.cells.push_back(share(most->second, stage.seconds));
    }
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "All systems and seeds together. Training is the time of all epochs; a stage with the name "
      "of "
      "a measure is the time that this measure took. What an interruption lost is not counted.";
  return table;
}

}  // namespace

extern const RunTable stages;
constinit const RunTable stages = {
    .id = "stages",
    .chapter = Chapter::kTime,
    .make = make_stages,
};

}  // namespace kgaudit::reports::run_tables_roster
