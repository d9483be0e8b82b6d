#include "reports/tables/system_columns.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"

namespace kgaudit::reports {

Facets ranking_of_set(std::string_view set) { return filtered_ranking(kMrr, set).all_facets(); }

Facets ranking_of_relation(const std::string& relation) {
  Facets facets = ranking_of_set("relation");
  facets["relation"] = relation;
  return facets;
}

void add_system_columns(Table& table, const RunRecord& record, const FactIndex& facts,
                        const std::string& key, const std::string& group, int decimals,
                        Spread spread) {
  for (const SystemView& row : facts.systems()) {
    table.columns.push_back({.key = fmt::format("{}.{}", key, name_of(record, row)),
                             .group = group,
                             .header = name_of(record, row),
                             .decimals = decimals,
                             .intervals = spread == Spread::kInterval});
  }
}

void add_system_cells(Row& line, const FactIndex& facts, std::string_view metric,
                      const Facets& facets, Spread spread) {
  for (const SystemView& row : facts.systems()) {
    line.cells.push_back(cell_of(facts, row, metric, facets, {.spread = spread}));
  }
}

std::uint64_t test_triples(const MeasurementLine& fact) { return fact.measurement.n() / 2; }

void mark_best_in_rows(Table& table, const std::string& group) {
  for (Row& row : table.rows) {
    if (row.reference) continue;
    std::vector<NumberCell*> rivals;
    double best = 0.0;
    for (std::size_t c = 0; c < row.cells.size(); ++c) {
      auto* number = std::get_if<NumberCell>(&row.cells[c]);
      if (number == nullptr || table.columns[c].group != group) continue;
      if (rivals.empty() || number->summary.centre > best) best = number->summary.centre;
      rivals.push_back(number);
    }
    const auto looks = [](double value) { return fixed_text(value, 3); };
    const bool differ = std::any_of(rivals.begin(), rivals.end(), [&](const NumberCell* cell) {
      return looks(cell->summary.centre) != looks(best);
    });
    for (NumberCell* cell : rivals) {
      cell->best = differ && looks(cell->summary.centre) == looks(best);
    }
  }
}

}  // namespace kgaudit::reports
