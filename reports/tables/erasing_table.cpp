#include "reports/tables/erasing_table.hpp"

#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "reports/record/fact_names.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::array<std::string_view, 2> kProbes = {kLinearProbe, kMlpProbe};

Cell accuracy(const ProbedRows& rows, const std::string& attribute, std::string_view probe) {
  const auto found = rows.accuracies.find({attribute, std::string(probe)});
  if (found == rows.accuracies.end()) return TextCell{};
  const Measurement& m = found->second;
  return number_cell(m.maybe_value(), m.defined() ? std::string() : m.reason());
}

}  // namespace

Table erasing_table(std::span<const ProbedRows> rows, std::string caption) {
  Table table;
  table.title = "What probes read from the rows";
  table.caption = std::move(caption);
  table.columns = {text_column("rows", "rows")};
  if (rows.empty()) return table;
  std::set<std::string> attributes;
  for (const auto& [key, measurement] : rows.front().accuracies) attributes.insert(key.first);
  for (const std::string& attribute : attributes) {
    for (const std::string_view probe : kProbes) {
      table.columns.push_back({.key = fmt::format("accuracy.{}.{}", attribute, probe),
                               .group = attribute,
                               .header = std::string(probe),
                               .direction = Direction::kLower});
    }
  }
  Row majority;
  majority.reference = true;
  majority.cells.emplace_back(TextCell{"majority guess"});
  for (const std::string& attribute : attributes) {
    // A baseline is the same for both probes.
    majority.cells.insert(majority.cells.end(), kProbes.size(),
                          accuracy(rows.front(), attribute, kMajorityProbe));
  }
  table.rows.push_back(std::move(majority));
  for (const ProbedRows& probed : rows) {
    Row row;
    row.cells.emplace_back(TextCell{probed.name});
    for (const std::string& attribute : attributes) {
      for (const std::string_view probe : kProbes) {
        row.cells.push_back(accuracy(probed, attribute, probe));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace kgaudit::reports
