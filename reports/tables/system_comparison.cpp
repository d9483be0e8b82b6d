#include "reports/tables/system_comparison.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/release_note.hpp"
#include "reports/tables/significance_facts.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

struct ChosenColumn {
  const ComparisonColumn* choice;
  std::string attribute;
};

std::vector<ChosenColumn> chosen_columns(const RunRecord& record, const FactIndex& facts,
                                         std::span<const ComparisonColumn> choices) {
  std::vector<ChosenColumn> chosen;
  const std::vector<std::string> attributes = attributes_of(record);
  for (const ComparisonColumn& choice : choices) {
    const std::vector<std::string> once = {""};
    for (const std::string& attribute : choice.fact.of_attribute ? attributes : once) {
      if (facts.first(choice.fact, attribute) != nullptr) chosen.push_back({&choice, attribute});
    }
  }
  return chosen;
}

// "leakage.accuracy.mlp.gender", "leakage.strongest.held_out.gender".
std::string key_of(const ChosenColumn& chosen) {
  const FactName& fact = chosen.choice->fact;
  std::string key(fact.metric);
  for (const NamedFacet& facet : fact.facets) {
    if (facet.name == "probe" || facet.value == kHeldOutPersons ||
        facet.value == "without_sensitive") {
      key += fmt::format(".{}", facet.value);
    }
  }
  return fact.of_attribute ? fmt::format("{}.{}", key, chosen.attribute) : key;
}

Column column_for(const RunRecord& record, const FactIndex& facts, const ChosenColumn& chosen,
                  Spread spread) {
  const ComparisonColumn& choice = *chosen.choice;
  // Direction and unit are data of the facts, so a column takes them from the first it shows.
  const MeasurementLine* fact = facts.first(choice.fact, chosen.attribute);
  KGA_REQUIRE(fact != nullptr, "no fact for {}", choice.fact.metric);
  const Direction direction =
      choice.judged ? fact->measurement.direction() : Direction::kDescriptive;
  const std::string mark = direction_mark(direction, choice.neutral);
  const bool of_attribute = choice.fact.of_attribute;
  return {.key = key_of(chosen),
          .group = std::string(choice.group) + (of_attribute ? mark : ""),
          .header =
              of_attribute ? label_of(record, chosen.attribute) : std::string(choice.header) + mark,
          .decimals = choice.decimals,
          .unit = choice.unit.empty() ? fact->measurement.unit() : std::string(choice.unit),
          .direction = direction,
          .neutral = choice.neutral,
          .intervals = spread == Spread::kInterval};
}

CellStyle style_of(const ComparisonColumn& choice, Spread spread) {
  return {choice.centre, choice.scale, spread};
}

Cell reference_cell(const FactIndex& facts, const ChosenColumn& chosen, Spread spread) {
  if (chosen.choice->reference == nullptr) return TextCell{};
  const FactName& name = *chosen.choice->reference;
  // A property of the data and the folds, the same for every system: the first stands for all.
  const MeasurementLine* fact = facts.first(name, chosen.attribute);
  if (fact == nullptr) return TextCell{};
  Cell cell = cell_of(facts, {fact->system, fact->view}, name, chosen.attribute,
                      style_of(*chosen.choice, spread));
  if (auto* number = std::get_if<NumberCell>(&cell)) number->release = "";
  return cell;
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
    const ComparisonColumn& choice = *chosen[c].choice;
    if (choice.group == "memory" || choice.fact.metric == kTrainedEpochs.metric) continue;
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
  const bool question = std::ranges::any_of(chosen, [](const ChosenColumn& column) {
    return column.choice->fact.metric.starts_with("question.");
  });
  return fmt::format(
      "Sample sizes per seed (ranking: predictions; time: epochs; score gap: stated values; "
      "{}leakage: persons): {}.",
      question ? "question: persons; " : "", fmt::join(texts, "; "));
}

// "hard-debias and leace read the rows that basic trained: ..."
std::string shared_training_note(const RunRecord& record, const FactIndex& facts) {
  std::map<std::string, std::vector<std::string>> readers;  // by the system that trained
  for (const SystemView& row : facts.systems()) {
    const std::string trained = trained_by(record, row.system);
    if (trained == row.system) continue;
    std::vector<std::string>& names = readers[trained];
    if (const std::string& name = label_of(record, row.system);
        names.empty() || names.back() != name) {
      names.push_back(name);
    }
  }
  std::vector<std::string> sentences;
  for (const auto& [trained, names] : readers) {
    sentences.push_back(fmt::format(
        "{} read{} the rows that {} trained, one training for all of them: s/epoch is that "
        "training's and their own step, spread over the epochs.",
        fmt::join(names, ", "), names.size() == 1 ? "s" : "", label_of(record, trained)));
  }
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace

bool has_rulers(const RunRecord& record, const FactIndex& facts) {
  return std::ranges::any_of(attributes_of(record), [&](const std::string& attribute) {
    return facts.first(kStrongestAuc, attribute) != nullptr ||
           facts.first(kQuestionAuc, attribute) != nullptr;
  });
}

Table compare_systems(const RunRecord& record, const FactIndex& facts, const TableOptions& options,
                      std::span<const ComparisonColumn> choices, MixedRows mixed) {
  const Spread spread = options.spread;
  Table table;
  table.caption = caption_of(record, spread);
  const std::vector<ChosenColumn> chosen = chosen_columns(record, facts, choices);
  table.columns.push_back(text_column("system", "system"));
  for (const ChosenColumn& column : chosen) {
    table.columns.push_back(column_for(record, facts, column, spread));
  }

  std::vector<std::string_view> references;
  for (const ChosenColumn& column : chosen) {
    const std::string_view name = column.choice->reference_row;
    if (column.choice->reference != nullptr &&
        std::ranges::find(references, name) == references.end())
      references.push_back(name);
  }
  for (const std::string_view name : references) {
    Row reference;
    reference.reference = true;
    reference.cells.emplace_back(TextCell{std::string(name)});
    bool any = false;
    for (const ChosenColumn& column : chosen) {
      const bool here = column.choice->reference_row == name;
      reference.cells.push_back(here ? reference_cell(facts, column, spread) : TextCell{});
      any = any || !std::holds_alternative<TextCell>(reference.cells.back());
    }
    if (any) table.rows.push_back(std::move(reference));
  }

  const SignificanceMarks marks(record);
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const FactName& name = chosen[c].choice->fact;
    table.columns[c + 1].untested =
        marks.tested() && chosen[c].choice->judged && !name.metric.starts_with("time.") &&
        !marks.is_tested(name.metric, name.all_facets(chosen[c].attribute));
  }
  std::vector<SystemView> shown_rows;
  for (const SystemView& system : facts.systems()) {
    if (mixed == MixedRows::kLeftOut && mixes_releases(record, system)) continue;
    shown_rows.push_back(system);
    Row row;
    row.cells.emplace_back(TextCell{name_of(record, system)});
    for (const ChosenColumn& column : chosen) {
      const FactName& name = column.choice->fact;
      row.cells.push_back(
          cell_of(facts, system, name, column.attribute, style_of(*column.choice, spread)));
      if (auto* number = std::get_if<NumberCell>(&row.cells.back())) {
        number->mark = marks.mark(system, name.metric, name.all_facets(column.attribute));
        // Beside a mixed row its parts are no further systems.
        number->rival = mixed == MixedRows::kLeftOut || !is_release(system);
        // The mean quality of several releases is no quality that one of them has.
        number->rival = number->rival && system.view != kOneFilter;
      }
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  if (std::string note = n_note(chosen, record, table); !note.empty()) {
    table.notes.push_back(std::move(note));
  }
  std::vector<ShownMeasure> shown;
  for (const ChosenColumn& column : chosen) {
    const ComparisonColumn& choice = *column.choice;
    shown.push_back({choice.fact.of_attribute ? std::string(choice.group)
                                              : fmt::format("{} {}", choice.group, choice.header),
                     std::string(choice.fact.metric)});
  }
  const bool timed = std::ranges::any_of(chosen, [](const ChosenColumn& column) {
    return column.choice->fact.metric == kSecondsPerEpoch.metric ||
           column.choice->fact.metric == kRatioToBasic.metric;
  });
  if (std::string note = timed ? shared_training_note(record, facts) : ""; !note.empty()) {
    table.notes.push_back(std::move(note));
  }
  add_release_note(table, record, shown, mixed == MixedRows::kShown);
  if (std::string note = note_on_untested(table); !note.empty()) {
    table.notes.push_back(std::move(note));
  }
  if (std::string note = marks.note(shown_rows); !note.empty())
    table.notes.push_back(std::move(note));
  return table;
}

std::string note_on_untested(const Table& comparison) {
  std::vector<std::string> groups;
  for (const Column& column : comparison.columns) {
    if (!column.untested) continue;
    std::string group = column.group;
    for (const char* mark : {" →", " ↓", " ↑"}) {
      if (const std::size_t at = group.find(mark); at != std::string::npos) group.resize(at);
    }
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
  }
  return groups.empty() ? "" : fmt::format("Not tested: {}.", fmt::join(groups, "; "));
}

}  // namespace kgaudit::reports
