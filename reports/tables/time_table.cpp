#include "reports/tables/time_table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "reports/record/rows.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

Table time_table(const RunRecord& record) {
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
  const auto column = [&](std::string key, std::string header, Column::Align align, int decimals) {
    table.columns.push_back({std::move(key), "", std::move(header), align, decimals, "",
                             Direction::kDescriptive, 0.0, false});
  };
  column("system", "system", Column::Align::kLeft, 0);
  column("epochs", "epochs timed", Column::Align::kRight, 0);
  column("median_seconds", "s/epoch median", Column::Align::kRight, 4);
  column("smallest_seconds", "smallest", Column::Align::kRight, 4);
  column("largest_seconds", "largest", Column::Align::kRight, 4);
  column("total_seconds", "training in all, s", Column::Align::kRight, 2);
  column("last_loss", "last loss", Column::Align::kRight, 4);
  const auto number = [](double value) {
    return NumberCell{{value, std::nullopt, 1}, "", false, std::nullopt};
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
    row.cells.emplace_back(number(summarise(spent.seconds, Centre::kMedian).centre));
    row.cells.emplace_back(number(*smallest));
    row.cells.emplace_back(number(*largest));
    row.cells.emplace_back(number(total));
    if (losses.empty()) {
      row.cells.emplace_back(UndefinedCell{"the loss was not finite"});
    } else {
      row.cells.emplace_back(NumberCell{summarise(losses), "", false, std::nullopt});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace kgaudit::reports
