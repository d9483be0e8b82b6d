#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "reports/tables/run_table.hpp"
#include "reports/tables/system_columns.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

struct GroupColumn {
  std::string_view metric;
  std::string_view heading;
};

constexpr std::array<GroupColumn, 6> kGroupColumns = {{
    {"group_distance.separation", "separation →0"},
    {"projection.gap", "projection →0"},
    {"neighbour_share.lift", "neighbours' lift →0"},
    {"word_association.weat", "WEAT →0"},
    {"word_association.profession_spearman", "professions, association with shares →0"},
    {"rank_parity.group_rank_gap", "rank gap of professions ↓"},
}};

// What each group's rows have to themselves: one row a group, one column a system below each
// measure.
Table make_row_groups(const RunRecord& record, const FactIndex& facts,
                      const TableOptions& options) {
  const std::string& attribute = options.attribute;
  Table table;
  table.title = fmt::format("Groups of {} by their rows", label_of(record, attribute));
  table.columns.push_back(text_column("value", label_of(record, attribute)));
  std::vector<Facets> groups;
  std::vector<GroupColumn> columns;
  for (const GroupColumn& column : kGroupColumns) {
    bool any = false;
    for (const Facets& facets : facts.facets_of(column.metric)) {
      if (facets.size() != 2 || facet_or(facets, "attribute") != attribute) continue;
      if (facet_or(facets, "group").empty()) continue;
      any = true;
      if (std::ranges::find(groups, facets) == groups.end()) groups.push_back(facets);
    }
    if (!any) continue;
    columns.push_back(column);
    add_system_columns(table, record, facts, std::string(column.metric),
                       std::string(column.heading), 3, options.spread);
  }
  for (const Facets& facets : groups) {
    Row row;
    row.cells.emplace_back(TextCell{label_of(record, facet_or(facets, "group"))});
    for (const GroupColumn& column : columns) {
      add_system_cells(row, facts, column.metric, facets, options.spread);
    }
    table.rows.push_back(std::move(row));
  }
  table.caption =
      "Each group against all other persons; of two groups the rarer one. Separation: squared "
      "distance of the means in units of the spread within groups. Projection: deviations between "
      "the groups on their own direction, held out. Lift: how much oftener neighbours are of the "
      "same group than by chance, as a share of what is possible. Association with shares: "
      "Spearman "
      "of a profession's nearness and of the group's share in it. Rank gap: mean absolute "
      "difference of professions' places.";
  return table;
}

}  // namespace

extern const RunTable row_groups;
constinit const RunTable row_groups = {
    .id = "row_groups",
    .chapter = Chapter::kGroups,
    .make = make_row_groups,
    .below = 1,
};

}  // namespace kgaudit::reports::run_tables_roster
