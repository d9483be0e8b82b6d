#include "reports/tables/system_comparison.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
           facts.first(kStatedStrongestAuc, attribute) != nullptr ||
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

  for (std::size_t c = 0; c < chosen.size(); ++c) {
    if (chosen[c].choice->reference_row != kMajorityRow) continue;
    const Cell majority = reference_cell(facts, chosen[c], spread);
    if (const auto* number = std::get_if<NumberCell>(&majority)) {
      table.columns[c + 1].floor = number->summary.centre;
    }
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
        // The mean quality of several releases is no quality that one of them has, and who has
        // [whole] has [rows] as well.
        number->rival = number->rival && system.view != kOneFilter && system.view != kWhole &&
                        !is_control(system.system);
      }
    }
    table.rows.push_back(std::move(row));
  }
  mark_best(table);
  const auto add_note = [&table](std::string note) {
    if (!note.empty()) table.notes.push_back(std::move(note));
  };
  add_note(note_on_samples(table));
  add_note(note_on_best(table));
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
  if (timed) add_note(shared_training_note(record, facts));
  add_release_note(table, record, shown, mixed == MixedRows::kShown);
  add_note(note_on_untested(table));
  add_note(marks.note(shown_rows));
  return table;
}

namespace {

/// "leakage of hidden persons" of "leakage of hidden persons, AUC →0.5": without the arrow and the
/// scale.
std::string plain_heading(std::string heading) {
  for (const char* ending : {" →", " ↓", " ↑", ", AUC"}) {
    if (const std::size_t at = heading.find(ending); at != std::string::npos) heading.resize(at);
  }
  return heading;
}

/// What the n of a column counts; "" for columns whose n says nothing.
std::string_view counted_by(const Column& column) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kCounted = {
      {{"link_prediction.", "predictions"},
       {"time.", "epochs"},
       {"score_gap.", "stated values"},
       {"question.", "persons"},
       {"leakage.", "persons"}}};
  const auto found = std::ranges::find_if(
      kCounted, [&](const auto& counted) { return column.key.starts_with(counted.first); });
  return found == kCounted.end() ? "" : found->second;
}

}  // namespace

std::string note_on_samples(const Table& comparison) {
  struct Part {
    std::string group;
    std::string_view counted;
    std::vector<std::string> columns;
  };
  std::vector<Part> parts;
  for (std::size_t c = 0; c < comparison.columns.size(); ++c) {
    const Column& column = comparison.columns[c];
    const std::string_view counted = counted_by(column);
    std::optional<std::uint64_t> smallest;
    for (const Row& row : comparison.rows) {
      const auto* cell = std::get_if<NumberCell>(&row.cells[c]);
      if (cell == nullptr || !cell->n || row.reference) continue;
      smallest = std::min(smallest.value_or(*cell->n), *cell->n);
    }
    if (counted.empty() || !smallest) continue;
    const std::string group = plain_heading(column.group);
    if (parts.empty() || parts.back().group != group) parts.push_back({group, counted, {}});
    parts.back().columns.push_back(
        fmt::format("{} {}", plain_heading(column.header), with_thousands(*smallest)));
  }
  // Groups that ask the same persons stand together.
  std::vector<Part> merged;
  for (const Part& part : parts) {
    const auto same = std::ranges::find_if(merged, [&](const Part& earlier) {
      return earlier.counted == part.counted && earlier.columns == part.columns &&
             !part.group.empty();
    });
    if (same == merged.end()) {
      merged.push_back(part);
    } else {
      same->group += " and " + part.group;
    }
  }
  std::vector<std::string> texts;
  for (const Part& part : merged) {
    texts.push_back(fmt::format("{}{}{} {}", part.group, part.group.empty() ? "" : " ",
                                fmt::join(part.columns, ", "), part.counted));
  }
  return texts.empty() ? ""
                       : fmt::format("Sample sizes per seed, the smallest of each column: {}.",
                                     fmt::join(texts, "; "));
}

std::string note_on_best(const Table& comparison) {
  std::vector<std::string> never;
  const auto name = [&never](std::string text) {
    if (std::ranges::find(never, text) == never.end()) never.push_back(std::move(text));
  };
  for (const Row& row : comparison.rows) {
    const auto* text = std::get_if<TextCell>(&row.cells.front());
    const bool out = std::ranges::any_of(row.cells, [](const Cell& cell) {
      const auto* number = std::get_if<NumberCell>(&cell);
      return number != nullptr && !number->rival;
    });
    if (!out || row.reference || text == nullptr) continue;
    const std::size_t view = text->text.rfind(" [");
    if (is_control(std::string_view(text->text).substr(0, view))) {
      name("controls");
    } else {
      name(view == std::string::npos ? text->text : "rows" + text->text.substr(view));
    }
  }
  std::string note;
  if (!never.empty()) note = fmt::format("Never marked as best: {}.", listed_in_words(never));
  for (std::size_t c = 0; c < comparison.columns.size(); ++c) {
    const auto& floor = comparison.columns[c].floor;
    if (!floor) continue;
    const bool reached = std::ranges::any_of(comparison.rows, [&](const Row& row) {
      const auto* number = std::get_if<NumberCell>(&row.cells[c]);
      return number != nullptr && !row.reference && number->summary.centre <= *floor;
    });
    if (!reached) continue;
    return note + (note.empty() ? "" : " ") +
           "Where a probe is no better than the majority guess, no value of the column is marked: "
           "below it is no better than at it.";
  }
  return note;
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
