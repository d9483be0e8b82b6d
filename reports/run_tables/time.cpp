#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "reports/tables/run_table.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

// Seconds per epoch (median, smallest, largest), training time in total and last loss per system.
Table make_time(const RunRecord& record, const FactIndex&, const TableOptions&) {
  struct Spent {
    std::string system;
    std::vector<double> seconds;
    std::map<std::uint64_t, std::pair<std::uint64_t, std::optional<double>>> last;  // by seed
  };
  std::vector<Spent> all;
  for (const EpochLine& epoch : record.epochs) {
    auto spent = std::find_if(all.begin(), all.end(),
                              [&](const Spent& s) { return s.system == epoch.system; });
    if (spent == all.end()) spent = all.insert(all.end(), {epoch.system, {}, {}});
    spent->seconds.push_back(epoch.seconds);
    auto& last = spent->last[epoch.seed];
    if (epoch.epoch >= last.first) last = {epoch.epoch, epoch.loss};
  }
  Table table;
  table.title = "Time";
  table.columns = {
      text_column("system", "system"),
      {.key = "epochs", .header = "epochs timed", .decimals = 0},
      {.key = "median_seconds", .header = "s/epoch median", .decimals = 4},
      {.key = "smallest_seconds", .header = "smallest", .decimals = 4},
      {.key = "largest_seconds", .header = "largest", .decimals = 4},
      {.key = "total_seconds", .header = "training in total, s", .decimals = 2},
      {.key = "last_loss", .header = "last loss", .decimals = 4},
  };
  for (const Spent& spent : all) {
    double total = 0.0;
    for (const double seconds : spent.seconds) total += seconds;
    const auto [smallest, largest] =
        std::minmax_element(spent.seconds.begin(), spent.seconds.end());
    std::vector<double> losses;
    for (const auto& [seed, last] : spent.last) {
      if (last.second) losses.push_back(*last.second);
    }
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, spent.system)});
    row.cells.emplace_back(TextCell{with_thousands(spent.seconds.size())});
    row.cells.push_back(number_cell(summarise(spent.seconds, Centre::kMedian).centre));
    row.cells.push_back(number_cell(*smallest));
    row.cells.push_back(number_cell(*largest));
    row.cells.push_back(number_cell(total));
    if (losses.empty()) {
      row.cells.emplace_back(UndefinedCell{"the loss was not finite"});
    } else {
      row.cells.emplace_back(NumberCell{.summary = summarise(losses)});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

extern const RunTable time;
constinit const RunTable time = {
    .id = "time",
    .chapter = Chapter::kTime,
    .make = make_time,
};

}  // namespace kgaudit::reports::run_tables_roster
