#include "reports/tables/comparison_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/rows.hpp"
#include "reports/tables/significance_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

struct FacetPair {
  std::string_view name;
  std::string_view value;
};

/// One column of the comparison, or one for each attribute.
struct ColumnChoice {
  std::string_view metric;
  std::array<FacetPair, 4> facets;  // those with an empty name do not count
  bool per_attribute;
  std::string_view group;
  std::string_view header;  // per attribute: the attribute's own name
  int decimals;
  Centre centre;
  double scale;              // shown number = measured number * scale
  FacetPair reference = {};  // the facet value that the row of majority guesses has in its place
};

constexpr std::array<FacetPair, 4> kRanking = {
    {{"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}}};
constexpr FacetPair kMajority = {"probe", "majority"};
constexpr double kMebi = 1.0 / (1024.0 * 1024.0);

// The whole choice of columns. A new column is a new line.
constexpr std::array<ColumnChoice, 9> kChoices = {{
    {"link_prediction.mrr", kRanking, false, "ranking", "MRR", 3, Centre::kMean, 1},
    {"link_prediction.hits_at_1", kRanking, false, "ranking", "H@1", 3, Centre::kMean, 1},
    {"link_prediction.hits_at_10", kRanking, false, "ranking", "H@10", 3, Centre::kMean, 1},
    {"time.seconds_per_epoch", {}, false, "time", "s/epoch", 3, Centre::kMedian, 1},
    {"time.ratio_to_basic", {}, false, "time", "× basic", 2, Centre::kMedian, 1},
    {"memory.peak", {}, false, "memory", "peak MiB", 0, Centre::kMedian, kMebi},
    {"score_gap.micro", {}, true, "score gap ΔS", "", 2, Centre::kMean, 1},
    {"leakage.accuracy",
     {{{"probe", "linear"}}},
     true,
     "leakage, linear",
     "",
     3,
     Centre::kMean,
     1,
     kMajority},
    {"leakage.accuracy",
     {{{"probe", "mlp"}}},
     true,
     "leakage, MLP",
     "",
     3,
     Centre::kMean,
     1,
     kMajority},
}};

Facets facets_of(const ColumnChoice& choice, const std::string& attribute, bool reference) {
  Facets facets;
  for (const FacetPair& facet : choice.facets) {
    if (!facet.name.empty()) facets.emplace(facet.name, facet.value);
  }
  if (reference) facets[std::string(choice.reference.name)] = choice.reference.value;
  if (choice.per_attribute) facets["attribute"] = attribute;
  return facets;
}

struct ChosenColumn {
  const ColumnChoice* choice;
  std::string attribute;
};

std::vector<ChosenColumn> chosen_columns(const RunRecord& record) {
  std::vector<ChosenColumn> chosen;
  const std::vector<std::string> attributes = attributes_of(record);
  for (const ColumnChoice& choice : kChoices) {
    const std::vector<std::string> once = {""};
    for (const std::string& attribute : choice.per_attribute ? attributes : once) {
      if (first_fact(record, choice.metric, facets_of(choice, attribute, false)) != nullptr) {
        chosen.push_back({&choice, attribute});
      }
    }
  }
  return chosen;
}

Column column_for(const RunRecord& record, const ChosenColumn& chosen) {
  const ColumnChoice& choice = *chosen.choice;
  const Facets facets = facets_of(choice, chosen.attribute, false);
  const MeasurementLine* fact = first_fact(record, choice.metric, facets);
  KGA_REQUIRE(fact != nullptr, "no fact for {}", choice.metric);
  Column column;
  column.key = choice.metric;
  for (const FacetPair& facet : choice.facets) {
    if (facet.name == "probe") column.key += fmt::format(".{}", facet.value);
  }
  if (choice.per_attribute) column.key += "." + chosen.attribute;
  column.direction = fact->measurement.direction();
  column.unit = choice.scale == 1 ? fact->measurement.unit() : "MiB";
  column.decimals = choice.decimals;
  const std::string mark = direction_mark(column.direction, column.neutral);
  column.group = choice.group;
  if (choice.per_attribute) {
    column.group += mark;
    column.header = label_of(record, chosen.attribute);
  } else {
    column.header = std::string(choice.header) + mark;
  }
  return column;
}

CellStyle style_of(const ColumnChoice& choice, Spread spread) {
  return {choice.centre, choice.scale, spread};
}

Cell majority_cell(const RunRecord& record, const ChosenColumn& chosen, Spread spread) {
  if (chosen.choice->reference.name.empty()) return TextCell{};
  const Facets facets = facets_of(*chosen.choice, chosen.attribute, true);
  const MeasurementLine* fact = first_fact(record, chosen.choice->metric, facets);
  // A property of the data and the folds, the same for every system: the first stands for all.
  if (fact == nullptr) return TextCell{};
  return cell_of(record, {fact->system, fact->view}, chosen.choice->metric, facets,
                 style_of(*chosen.choice, spread));
}

// "n a seed (...): MRR, H@1 200; score gap gender 90." Neighbouring columns with the same n stand
// together; where systems differ, the smallest and largest n.
std::string n_note(const std::vector<ChosenColumn>& chosen, const RunRecord& record,
                   const Table& table) {
  struct Part {
    std::vector<std::string> names;
    std::string text;
  };
  std::vector<Part> parts;
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const ColumnChoice& choice = *chosen[c].choice;
    if (choice.group == "memory") continue;
    std::uint64_t smallest = ~std::uint64_t{0};
    std::uint64_t largest = 0;
    for (const Row& row : table.rows) {
      const auto* cell = std::get_if<NumberCell>(&row.cells[c + 1]);
      if (cell == nullptr || !cell->n) continue;
      smallest = std::min(smallest, *cell->n);
      largest = std::max(largest, *cell->n);
    }
    if (largest == 0) continue;
    const std::string name =
        choice.per_attribute
            ? fmt::format("{} {}", choice.group, label_of(record, chosen[c].attribute))
            : std::string(choice.header);
    const std::string text = smallest == largest ? with_thousands(largest)
                                                 : fmt::format("{} to {}", with_thousands(smallest),
                                                               with_thousands(largest));
    if (!parts.empty() && parts.back().text == text) {
      parts.back().names.push_back(name);
    } else {
      parts.push_back({{name}, text});
    }
  }
  std::vector<std::string> texts;
  for (const Part& part : parts) {
    texts.push_back(fmt::format("{} {}", fmt::join(part.names, ", "), part.text));
  }
  if (texts.empty()) return "";
  return fmt::format(
      "n a seed (ranking: predictions; time: epochs; score gap: stated values; leakage: persons): "
      "{}.",
      fmt::join(texts, "; "));
}

}  // namespace

Table comparison_table(const RunRecord& record, Spread spread) {
  Table table;
  table.title = "Quality, cost and bias of each system";
  table.caption = caption_of(record, spread);
  const std::vector<ChosenColumn> chosen = chosen_columns(record);
  table.columns.push_back(
      {"system", "", "system", Column::Align::kLeft, 0, "", Direction::kDescriptive, 0.0, false});
  for (const ChosenColumn& column : chosen) {
    table.columns.push_back(column_for(record, column));
    table.columns.back().intervals = spread == Spread::kInterval;
  }

  Row majority;
  majority.reference = true;
  majority.cells.emplace_back(TextCell{"majority guess"});
  bool any_majority = false;
  for (const ChosenColumn& column : chosen) {
    majority.cells.push_back(majority_cell(record, column, spread));
    any_majority = any_majority || !std::holds_alternative<TextCell>(majority.cells.back());
  }
  if (any_majority) table.rows.push_back(std::move(majority));

  const SignificanceMarks marks(record);
  for (const SystemView& system : system_views(record)) {
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const ChosenColumn& column : chosen) {
      const Facets facets = facets_of(*column.choice, column.attribute, false);
      row.cells.push_back(
          cell_of(record, system, column.choice->metric, facets, style_of(*column.choice, spread)));
      if (auto* number = std::get_if<NumberCell>(&row.cells.back())) {
        number->mark = marks.mark(system, column.choice->metric, facets);
      }
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  if (std::string note = n_note(chosen, record, table); !note.empty()) {
    table.notes.push_back(std::move(note));
  }
  if (std::string note = marks.note(); !note.empty()) table.notes.push_back(std::move(note));
  return table;
}

}  // namespace kgaudit::reports
