#include "reports/tables/table_choice.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "reports/tables/run_table.hpp"
#include "reports/tables/system_comparison.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::reports {
namespace {

struct NamedColumns {
  std::string_view name;
  std::string_view key;  ///< of the column, or with a dot and an attribute behind it
};

constexpr std::array kNamedColumns = {
    NamedColumns{"mrr_others", "link_prediction.mrr.without_sensitive"},
    NamedColumns{"mrr", "link_prediction.mrr"},
    NamedColumns{"hits_at_1", "link_prediction.hits_at_1"},
    NamedColumns{"hits_at_10", "link_prediction.hits_at_10"},
    NamedColumns{"epochs", "training.epochs"},
    NamedColumns{"seconds", "time.seconds_per_epoch"},
    NamedColumns{"times_basic", "time.ratio_to_basic"},
    NamedColumns{"memory", "memory.peak"},
    NamedColumns{"leakage", "leakage.strongest.held_out"},
    NamedColumns{"question", "question.auc_micro"},
    NamedColumns{"question_points", "question.excess_accuracy"},
    NamedColumns{"question_hidden", "question.auc_micro.held_out"},
    NamedColumns{"question_points_hidden", "question.excess_accuracy.held_out"},
    NamedColumns{"leakage_seen", "leakage.strongest"},
    NamedColumns{"leakage_neighbours", "leakage.auc.held_out.neighbours"},
    NamedColumns{"leakage_balanced", "leakage.strongest_excess_balanced_accuracy.held_out"},
    NamedColumns{"leakage_seen_balanced", "leakage.strongest_excess_balanced_accuracy"},
    NamedColumns{"group_distance", "group_distance.explained"},
    NamedColumns{"neighbour_share", "neighbour_share.macro"},
    NamedColumns{"score_gap", "score_gap.micro"},
    NamedColumns{"score_gap_sd", "score_gap.in_person_sds"},
    NamedColumns{"leakage_linear", "leakage.accuracy.linear"},
    NamedColumns{"leakage_mlp", "leakage.accuracy.mlp"},
};

/// What a terminal and a paper show: quality, time, and for each attribute the two figures that
/// neither a change of units nor a large majority moves.
constexpr std::array<std::string_view, 4> kPaperColumns = {"mrr_others", "times_basic", "leakage",
                                                           "question"};

/// What a column's key says beyond its name: the attribute, or nothing.
struct ColumnParts {
  std::string_view name;
  std::string_view attribute;
};

/// The longest name counts: "leakage.strongest.held_out.gender" is no "leakage.strongest".
ColumnParts parts_of(std::string_view key) {
  ColumnParts parts;
  std::size_t longest = 0;
  for (const NamedColumns& named : kNamedColumns) {
    if (!key.starts_with(named.key) || named.key.size() < longest) continue;
    const std::string_view rest = key.substr(named.key.size());
    if (!rest.empty() && rest.front() != '.') continue;
    longest = named.key.size();
    parts = {named.name, rest.empty() ? rest : rest.substr(1)};
  }
  return parts;
}

bool holds(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// "kl+attr" of "kl+attr [rows]".
std::string_view system_of(std::string_view row) { return row.substr(0, row.find(" [")); }

std::string_view row_name(const Row& row) {
  const auto* name = std::get_if<TextCell>(&row.cells.front());
  return name == nullptr ? std::string_view() : std::string_view(name->text);
}

void refuse_unknown(const char* option, const char* kind, const std::vector<std::string>& typed,
                    const std::set<std::string_view>& known) {
  for (const std::string& word : typed) {
    if (!known.contains(word)) throw InputError::unknown(option, kind, word, known);
  }
}

/// Rows as they are shown: "bose [a]" for "bose:a", which is how `--reference` and the gate spell
/// it.
std::vector<std::string> named_rows(const std::vector<std::string>& typed) {
  std::vector<std::string> rows;
  for (const std::string& word : typed) {
    const std::size_t colon = word.find(':');
    rows.push_back(colon == std::string::npos
                       ? word
                       : fmt::format("{} [{}]", word.substr(0, colon), word.substr(colon + 1)));
  }
  return rows;
}

std::vector<std::string> named_columns(const std::vector<std::string>& typed) {
  std::vector<std::string> names;
  for (const std::string& word : typed) {
    if (word == "full") return {};
    if (word == "paper") {
      names.insert(names.end(), kPaperColumns.begin(), kPaperColumns.end());
    } else {
      names.push_back(word);
    }
  }
  return names;
}

}  // namespace

bool TableChoice::names_columns() const {
  if (holds(columns, "full")) return false;
  return std::ranges::any_of(columns, [](const std::string& word) { return word != "paper"; });
}

std::vector<std::string_view> comparison_columns() {
  std::vector<std::string_view> names;
  for (const NamedColumns& named : kNamedColumns) names.push_back(named.name);
  return names;
}

Table chosen_comparison(const RunRecord& record, const TableChoice& choice, Spread spread) {
  Table whole = comparison_table(record, spread, choice.names_columns());
  return choice.any() ? chosen_part(whole, choice) : whole;
}

Table chosen_part(const Table& comparison, const TableChoice& choice) {
  const std::vector<std::string> columns = named_columns(choice.columns);
  const std::vector<std::string> systems = named_rows(choice.systems);
  std::set<std::string_view> known_columns = {"paper", "full"};
  std::set<std::string_view> known_attributes;
  std::set<std::string_view> known_systems;
  for (const Column& column : comparison.columns) {
    const ColumnParts parts = parts_of(column.key);
    known_columns.insert(parts.name);
    if (!parts.attribute.empty()) known_attributes.insert(parts.attribute);
  }
  known_columns.erase("");
  for (const Row& row : comparison.rows) {
    known_systems.insert(row_name(row));
    known_systems.insert(system_of(row_name(row)));
  }
  refuse_unknown("--columns", "column of this record", choice.columns, known_columns);
  refuse_unknown("--systems", "system of this record", systems, known_systems);
  refuse_unknown("--attributes", "attribute of this record", choice.attributes, known_attributes);

  std::vector<std::size_t> kept = {0};
  for (std::size_t c = 1; c < comparison.columns.size(); ++c) {
    const ColumnParts parts = parts_of(comparison.columns[c].key);
    const bool named = columns.empty() || holds(columns, parts.name);
    const bool about = choice.attributes.empty() || parts.attribute.empty() ||
                       holds(choice.attributes, parts.attribute);
    if (named && about) kept.push_back(c);
  }
  Table table;
  table.title = comparison.title;
  table.caption = comparison.caption;
  table.notes = comparison.notes;
  for (const std::size_t c : kept) table.columns.push_back(comparison.columns[c]);
  for (const Row& row : comparison.rows) {
    const bool wanted = systems.empty() || row.reference || holds(systems, row_name(row)) ||
                        holds(systems, system_of(row_name(row)));
    if (!wanted) continue;
    Row part{{}, row.reference};
    for (const std::size_t c : kept) part.cells.push_back(row.cells[c]);
    // A row for comparison that has nothing in these columns says nothing.
    const bool empty = std::all_of(part.cells.begin() + 1, part.cells.end(), [](const Cell& cell) {
      const auto* text = std::get_if<TextCell>(&cell);
      return text != nullptr && text->text.empty();
    });
    if (row.reference && empty) continue;
    table.rows.push_back(std::move(part));
  }
  // What is said of columns and rows is said of those that are left, where it stood.
  for (const auto note_on : {note_on_samples, note_on_best, note_on_untested}) {
    const auto before = std::ranges::find(table.notes, note_on(comparison));
    if (before == table.notes.end()) continue;
    *before = note_on(table);
    if (before->empty()) table.notes.erase(before);
  }
  return table;
}

Table short_comparison(const Table& comparison) {
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(comparison.columns, [name](const Column& column) {
      return parts_of(column.key).name == name;
    });
  };
  if (!has("leakage") && !has("question")) return comparison;
  TableChoice choice;
  for (const std::string_view name : kPaperColumns) {
    if (has(name)) choice.columns.emplace_back(name);
  }
  return chosen_part(comparison, choice);
}

}  // namespace kgaudit::reports
