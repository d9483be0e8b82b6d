#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/fact_names.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

/// One column of the comparison, or one for each attribute.
struct ColumnChoice {
  FactName fact;
  std::string_view group;
  std::string_view header = "";  ///< of a fact of an attribute: the attribute's own name
  int decimals = 3;
  Centre centre = Centre::kMean;
  double scale = 1.0;                  ///< shown number = measured number * scale
  std::string_view unit = "";          ///< of the scaled number; "" = the fact's
  const FactName* majority = nullptr;  ///< what the row of majority guesses has in its place
};

// The whole choice of columns. A new column is a new entry.
constexpr std::array<ColumnChoice, 9> kChoices = {{
    {.fact = kFilteredMrr, .group = "ranking", .header = "MRR"},
    {.fact = kFilteredHitsAt1, .group = "ranking", .header = "H@1"},
    {.fact = kFilteredHitsAt10, .group = "ranking", .header = "H@10"},
    {.fact = kSecondsPerEpoch, .group = "time", .header = "s/epoch", .centre = Centre::kMedian},
    {.fact = kRatioToBasic,
     .group = "time",
     .header = "× basic",
     .decimals = 2,
     .centre = Centre::kMedian},
    {.fact = kPeakMemory,
     .group = "memory",
     .header = "peak MiB",
     .decimals = 0,
     .centre = Centre::kMedian,
     .scale = 1.0 / (1024.0 * 1024.0),
     .unit = "MiB"},
    {.fact = kGapMicro, .group = "score gap ΔS", .decimals = 2},
    {.fact = kLinearAccuracy, .group = "leakage, linear", .majority = &kMajorityAccuracy},
    {.fact = kMlpAccuracy, .group = "leakage, MLP", .majority = &kMajorityAccuracy},
}};

struct ChosenColumn {
  const ColumnChoice* choice;
  std::string attribute;
};

std::vector<ChosenColumn> chosen_columns(const RunRecord& record, const FactIndex& facts) {
  std::vector<ChosenColumn> chosen;
  const std::vector<std::string> attributes = attributes_of(record);
  for (const ColumnChoice& choice : kChoices) {
    const std::vector<std::string> once = {""};
    for (const std::string& attribute : choice.fact.of_attribute ? attributes : once) {
      if (facts.first(choice.fact, attribute) != nullptr) chosen.push_back({&choice, attribute});
    }
  }
  return chosen;
}

// "leakage.accuracy.mlp.gender".
std::string key_of(const ChosenColumn& chosen) {
  const FactName& fact = chosen.choice->fact;
  std::string key(fact.metric);
  for (const NamedFacet& facet : fact.facets) {
    if (facet.name == "probe") key += fmt::format(".{}", facet.value);
  }
  return fact.of_attribute ? fmt::format("{}.{}", key, chosen.attribute) : key;
}

Column column_for(const RunRecord& record, const FactIndex& facts, const ChosenColumn& chosen,
                  Spread spread) {
  const ColumnChoice& choice = *chosen.choice;
  // Direction and unit are data of the facts, so a column takes them from the first it shows.
  const MeasurementLine* fact = facts.first(choice.fact, chosen.attribute);
  KGA_REQUIRE(fact != nullptr, "no fact for {}", choice.fact.metric);
  const Direction direction = fact->measurement.direction();
  const std::string mark = direction_mark(direction, 0.0);
  const bool of_attribute = choice.fact.of_attribute;
  return {.key = key_of(chosen),
          .group = std::string(choice.group) + (of_attribute ? mark : ""),
          .header =
              of_attribute ? label_of(record, chosen.attribute) : std::string(choice.header) + mark,
          .decimals = choice.decimals,
          .unit = choice.unit.empty() ? fact->measurement.unit() : std::string(choice.unit),
          .direction = direction,
          .intervals = spread == Spread::kInterval};
}

CellStyle style_of(const ColumnChoice& choice, Spread spread) {
  return {choice.centre, choice.scale, spread};
}

Cell majority_cell(const FactIndex& facts, const ChosenColumn& chosen, Spread spread) {
  if (chosen.choice->majority == nullptr) return TextCell{};
  const FactName& name = *chosen.choice->majority;
  // A property of the data and the folds, the same for every system: the first stands for all.
  const MeasurementLine* fact = facts.first(name, chosen.attribute);
  if (fact == nullptr) return TextCell{};
  return cell_of(facts, {fact->system, fact->view}, name, chosen.attribute,
                 style_of(*chosen.choice, spread));
}

// "Sample sizes per seed (...): MRR, H@1 200; score gap gender 90." Neighbouring columns with the
// same n stand together; where systems differ, the smallest and largest n.
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
        choice.fact.of_attribute
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
      "Sample sizes per seed (ranking: predictions; time: epochs; score gap: stated values; "
      "leakage: "
      "persons): "
      "{}.",
      fmt::join(texts, "; "));
}

// The table of Fisher et al. 2020 (EMNLP, tables 2 to 4) from records alone: ranking quality, time,
// score gap and leakage of each attribute for every system, with a row of majority guesses. Columns
// without a single fact are left out; a note tells n of each group of columns.
Table make_comparison(const RunRecord& record, const FactIndex& facts,
                      const TableOptions& options) {
  const Spread spread = options.spread;
  Table table;
  table.title = "Quality, cost and bias of each system";
  table.caption = caption_of(record, spread);
  const std::vector<ChosenColumn> chosen = chosen_columns(record, facts);
  table.columns.push_back(text_column("system", "system"));
  for (const ChosenColumn& column : chosen) {
    table.columns.push_back(column_for(record, facts, column, spread));
  }

  Row majority;
  majority.reference = true;
  majority.cells.emplace_back(TextCell{"majority guess"});
  bool any_majority = false;
  for (const ChosenColumn& column : chosen) {
    majority.cells.push_back(majority_cell(facts, column, spread));
    any_majority = any_majority || !std::holds_alternative<TextCell>(majority.cells.back());
  }
  if (any_majority) table.rows.push_back(std::move(majority));

  const SignificanceMarks marks(record);
  for (const SystemView& system : facts.systems()) {
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const ChosenColumn& column : chosen) {
      const FactName& name = column.choice->fact;
      row.cells.push_back(
          cell_of(facts, system, name, column.attribute, style_of(*column.choice, spread)));
      if (auto* number = std::get_if<NumberCell>(&row.cells.back())) {
        number->mark = marks.mark(system, name.metric, name.all_facets(column.attribute));
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

}  // namespace

extern const RunTable comparison;
constinit const RunTable comparison = {
    .id = "comparison",
    .chapter = Chapter::kComparison,
    .make = make_comparison,
};

}  // namespace kgaudit::reports::run_tables_roster
