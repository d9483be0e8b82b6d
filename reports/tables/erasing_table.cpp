#include "reports/tables/erasing_table.hpp"

#include <fmt/format.h>

#include "reports/tables/cells.hpp"

namespace kgaudit::reports {
namespace {

Cell cell_of(const std::map<std::string, Measurement>& figures, const std::string& attribute,
             double scale) {
  const auto found = figures.find(attribute);
  if (found == figures.end()) return TextCell{};
  const Measurement& m = found->second;
  auto value = m.maybe_value();
  if (value) *value *= scale;
  return number_cell(value, m.defined() ? std::string() : m.reason());
}

}  // namespace

Table erasing_table(std::span<const ProbedRows> rows, std::string caption) {
  constexpr double kPoints = 100.0;
  Table table;
  table.title = "What the strongest probe reads from the rows";
  table.caption = std::move(caption);
  table.columns = {text_column("rows", "rows")};
  if (rows.empty()) return table;
  for (const auto& [attribute, measurement] : rows.front().auc) {
    table.columns.push_back({.key = fmt::format("auc.{}", attribute),
                             .group = attribute,
                             .header = "AUC" + direction_mark(Direction::kNearer, 0.5),
                             .direction = Direction::kNearer,
                             .neutral = 0.5});
    table.columns.push_back({.key = fmt::format("balanced.{}", attribute),
                             .group = attribute,
                             .header = "balanced, points" + direction_mark(Direction::kNearer, 0.0),
                             .decimals = 1,
                             .unit = "points",
                             .direction = Direction::kNearer});
  }
  for (const ProbedRows& probed : rows) {
    Row row;
    row.cells.emplace_back(TextCell{probed.name});
    for (const auto& [attribute, measurement] : rows.front().auc) {
      row.cells.push_back(cell_of(probed.auc, attribute, 1.0));
      row.cells.push_back(cell_of(probed.balanced, attribute, kPoints));
    }
    table.rows.push_back(std::move(row));
  }
  table.notes.emplace_back(
      "AUC: .5 is a guess. Balanced: the mean over values of the share that is found, in points "
      "above a guess.");
  return table;
}

}  // namespace kgaudit::reports
