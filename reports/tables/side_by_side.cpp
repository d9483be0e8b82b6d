#include "reports/tables/side_by_side.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"

namespace kgaudit::reports {
namespace {

const std::string& name_of_row(const Row& row) { return std::get<TextCell>(row.cells[0]).text; }

const Row* find_row(const Table& table, const std::string& name) {
  const auto found = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const Row& row) { return name_of_row(row) == name; });
  return found == table.rows.end() ? nullptr : &*found;
}

std::optional<std::size_t> find_column(const Table& table, const std::string& key) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.key == key; });
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

// Everything of both tables, first that of `a` in its order.
template <typename Item, typename Key>
std::vector<Item> both(const std::vector<Item>& a, const std::vector<Item>& b, const Key& key) {
  std::vector<Item> all = a;
  for (const Item& item : b) {
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const Item& other) { return key(other) == key(item); });
    if (!known) all.push_back(item);
  }
  return all;
}

void add_difference(Row& row, const Cell& a, const Cell& b) {
  const auto* x = std::get_if<NumberCell>(&a);
  const auto* y = std::get_if<NumberCell>(&b);
  if (x == nullptr || y == nullptr) {
    row.cells.insert(row.cells.end(), 2, TextCell{});
    return;
  }
  const double from = x->summary.centre;
  const double to = y->summary.centre;
  row.cells.push_back(number_cell(to - from));
  if (from == 0.0) {
    row.cells.emplace_back(UndefinedCell{"the first value is 0"});
  } else {
    row.cells.push_back(number_cell(to / from));
  }
}

/// Every value of a plan by its path, "training.epochs".
std::map<std::string, std::string> values_of(const RunLine& run) {
  std::map<std::string, std::string> values;
  const auto plan = nlohmann::json::parse(run.plan, nullptr, false);
  if (!plan.is_object()) return values;
  for (const auto& [name, part] : plan.items()) {
    if (name != "tables") {
      values[name] = part.dump();
      continue;
    }
    for (const auto& [table, keys] : part.items()) {
      for (const auto& [key, value] : keys.items()) {
        values[fmt::format("{}.{}", table, key)] = value.dump();
      }
    }
  }
  return values;
}

/// "plan (training.epochs, seeds)": the keys that differ, at most so many of them.
std::string plan_difference(const RunLine& a, const RunLine& b) {
  constexpr std::size_t kMostNamed = 8;
  const auto first = values_of(a);
  const auto second = values_of(b);
  std::set<std::string> keys;
  for (const auto& [key, value] : first) {
    const auto at = second.find(key);
    if (at == second.end() || at->second != value) keys.insert(key);
  }
  for (const auto& [key, value] : second) {
    if (!first.contains(key)) keys.insert(key);
  }
  if (keys.empty()) return "plan";
  std::vector<std::string> named(keys.begin(), keys.end());
  const std::size_t more = named.size() - std::min(named.size(), kMostNamed);
  named.resize(named.size() - more);
  return fmt::format("plan ({}{})", fmt::join(named, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

std::vector<std::string> differences(const RunLine& a, const RunLine& b) {
  std::vector<std::string> names;
  if (a.dataset != b.dataset || a.graph_hash != b.graph_hash) names.emplace_back("data");
  if (a.plan_hash != b.plan_hash) names.push_back(plan_difference(a, b));
  if (a.build != b.build) names.emplace_back("build");
  if (a.machine != b.machine) names.emplace_back("machine");
  return names;
}

}  // namespace

Table side_by_side(const RunRecord& a, const RunRecord& b, const std::string& name_of_b,
                   Spread spread) {
  const Table first = comparison_table(a, spread);
  const Table second = comparison_table(b, spread);
  Table table;
  const std::vector<std::string> differ = differences(a.run, b.run);
  table.title =
      differ.empty()
          ? fmt::format("run 1 against {}: the same data, plan, build and machine", name_of_b)
          : fmt::format("run 1 against {}: they differ in {}, which is part of every difference",
                        name_of_b, fmt::join(differ, ", "));
  table.caption = fmt::format("run 1: {} {}: {}", first.caption, name_of_b, second.caption);
  const bool intervals = spread == Spread::kInterval;
  table.columns = {text_column("system", "system"),
                   text_column("measure", "measure"),
                   {.key = "first", .header = "run 1", .intervals = intervals},
                   {.key = "second", .header = name_of_b, .intervals = intervals},
                   {.key = "difference", .header = "difference"},
                   {.key = "ratio", .header = "ratio"}};

  const auto rows = both(first.rows, second.rows, name_of_row);
  const auto columns = both(first.columns, second.columns, [](const Column& c) { return c.key; });
  const auto cell = [](const Table& of, const Row& row, const Column& wanted) -> Cell {
    const Row* found = find_row(of, name_of_row(row));
    const auto c = find_column(of, wanted.key);
    return found == nullptr || !c ? Cell(TextCell{}) : found->cells[*c];
  };
  for (const Row& row : rows) {
    for (std::size_t c = 1; c < columns.size(); ++c) {
      const Cell x = cell(first, row, columns[c]);
      const Cell y = cell(second, row, columns[c]);
      if (std::holds_alternative<TextCell>(x) && std::holds_alternative<TextCell>(y)) continue;
      const std::string& group = columns[c].group;
      Row line;
      line.reference = row.reference;
      line.cells.emplace_back(TextCell{name_of_row(row)});
      line.cells.emplace_back(TextCell{
          group.empty() ? columns[c].header : fmt::format("{} {}", group, columns[c].header)});
      line.cells.push_back(x);
      line.cells.push_back(y);
      add_difference(line, x, y);
      for (Cell& shown_cell : line.cells) {
        if (auto* number = std::get_if<NumberCell>(&shown_cell)) number->best = false;
      }
      table.rows.push_back(std::move(line));
    }
  }
  // What no system made comes last.
  std::stable_partition(table.rows.begin(), table.rows.end(),
                        [](const Row& row) { return !row.reference; });
  table.notes.emplace_back("Differences are shown, not tested.");
  const bool second_has_more = systems_with_vectors(a).empty();
  add_release_note(table, second_has_more ? b : a,
                   std::array{ShownMeasure{"ranking", std::string(kFilteredMrr.metric)},
                              ShownMeasure{"leakage, question, score gap", "leakage"},
                              ShownMeasure{"time, memory", std::string(kSecondsPerEpoch.metric)}});
  return table;
}

}  // namespace kgaudit::reports
