#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "reports/record/list_stability.hpp"
#include "reports/tables/release_note.hpp"
#include "reports/tables/run_table.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::string_view kProfessionBias = "profession_bias.shift";
constexpr std::string_view kProfessionCount = "profession_bias.persons";

Cell count_of(const std::map<std::string, double>& counts, const std::string& value) {
  const auto found = counts.find(value);
  if (found == counts.end()) return TextCell{};
  return number_cell(found->second);
}

// A profession and what the profession table says of it.
struct Leaning {
  std::string id;
  NumberCell b;
  std::map<std::string, double> counts;  // attribute value -> persons
};

// The professions that lean most to either side, two lists side by side with the counts of each
// attribute value. B is a mean over seeds with its sd or interval where there is one; equal B are
// ordered by profession id. Empty where other seeds give other lists, or nobody knows.
Table make_professions(const RunRecord& record, const FactIndex& facts,
                       const TableOptions& options) {
  const SystemView& row = options.row;
  const std::string& attribute = options.attribute;
  if (!list_stability(facts, row, attribute).holds()) return {};
  std::map<std::string, std::vector<const MeasurementLine*>> b;
  std::map<std::string, std::map<std::string, double>> counts;
  std::vector<std::string> values;
  std::string towards;
  std::size_t undefined = 0;
  std::vector<const MeasurementLine*> lines = facts.lines_of(kProfessionBias);
  const std::vector<const MeasurementLine*>& counted = facts.lines_of(kProfessionCount);
  lines.insert(lines.end(), counted.begin(), counted.end());
  for (const MeasurementLine* of_profession : lines) {
    const MeasurementLine& line = *of_profession;
    const bool counting = line.metric == kProfessionCount;
    if (line.system != row.system) continue;
    if (facet_or(line.facets, "attribute", "") != attribute) continue;
    const std::string profession = facet_or(line.facets, "profession", "");
    if (profession.empty()) continue;
    // Counts are properties of the data: any view of the system may have brought them.
    if (counting) {
      const std::string value = facet_or(line.facets, "value", "");
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
      if (line.measurement.defined()) counts[profession][value] = line.measurement.value();
    } else if (line.view == row.view) {
      towards = facet_or(line.facets, "towards", "");
      if (line.measurement.defined()) {
        b[profession].push_back(&line);
      } else {
        ++undefined;
      }
    }
  }
  Table table;
  if (b.empty()) return table;

  std::vector<Leaning> professions;
  for (const auto& [id, all] : b) {
    auto shift = std::get<NumberCell>(cell_from(all, {.spread = options.spread}));
    shift.release = facts.release(row, kProfessionBias, {});
    professions.push_back({id, std::move(shift), counts[id]});
  }
  std::stable_sort(professions.begin(), professions.end(), [](const auto& x, const auto& y) {
    return x.b.summary.centre > y.b.summary.centre;
  });

  // B > 0 leans to the value that the fact names; of two values the other is the opposite side.
  std::string away;
  if (values.size() == 2 && !towards.empty()) away = values[0] == towards ? values[1] : values[0];
  table.title =
      fmt::format("Professions by {} bias, {}", label_of(record, attribute), name_of(record, row));
  const auto add_side = [&](const std::string& key, const std::string& heading) {
    table.columns.push_back({.key = key + ".profession",
                             .group = heading,
                             .header = "profession",
                             .align = Column::Align::kLeft});
    table.columns.push_back(
        {.key = key + ".b", .group = heading, .header = "B", .decimals = 4, .intervals = true});
    for (const std::string& value : values) {
      table.columns.push_back({.key = fmt::format("{}.count.{}", key, value),
                               .group = heading,
                               .header = "n " + label_of(record, value),
                               .decimals = 0});
    }
  };
  table.columns.push_back({.key = "place", .header = "#"});
  add_side("negative", away.empty() ? "smallest B" : label_of(record, away) + "-leaning");
  add_side("positive", towards.empty() ? "largest B" : label_of(record, towards) + "-leaning");

  const std::size_t rows = std::min(options.professions, professions.size());
  for (std::size_t i = 0; i < rows; ++i) {
    Row line;
    line.cells.emplace_back(TextCell{std::to_string(i + 1)});
    const std::array<const Leaning*, 2> sides = {&professions[professions.size() - 1 - i],
                                                 &professions[i]};
    // A side ends where its professions lean to the other.
    const std::array<bool, 2> leans = {
        sides[0]->b.summary.centre<0.0, sides[1]->b.summary.centre> 0.0};
    if (!towards.empty() && !leans[0] && !leans[1]) break;
    for (std::size_t s = 0; s < sides.size(); ++s) {
      const Leaning* side = sides[s];
      if (!towards.empty() && !leans[s]) {
        for (std::size_t c = 0; c < 2 + values.size(); ++c) line.cells.emplace_back(TextCell{});
        continue;
      }
      line.cells.emplace_back(TextCell{label_of(record, side->id)});
      line.cells.emplace_back(side->b);
      for (const std::string& value : values) {
        line.cells.push_back(count_of(side->counts, value));
      }
    }
    table.rows.push_back(std::move(line));
  }
  if (!towards.empty()) {
    table.notes.push_back(fmt::format("B > 0 leans to {}.", label_of(record, towards)));
  }
  if (undefined > 0) {
    table.notes.push_back(fmt::format("{} professions have no B and are not shown.", undefined));
  }
  if (!facts.release(row, kProfessionBias, {}).empty()) {
    add_release_note(table, record, std::array{ShownMeasure{"B", std::string(kProfessionBias)}});
  }
  return table;
}

}  // namespace

extern const RunTable professions;
constinit const RunTable professions = {
    .id = "professions",
    .chapter = Chapter::kProfessions,
    .make = make_professions,
    .below = 1,
    .limited = true,
};

}  // namespace kgaudit::reports::run_tables_roster
