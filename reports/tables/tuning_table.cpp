#include "reports/tables/tuning_table.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/fact_names.hpp"
#include "reports/tables/release_note.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

/// The attribute whose probe a search judges.
constexpr const char* kProbed = "gender";

std::string values_text(const TrialLine& trial) {
  std::vector<std::string> words;
  for (const auto& [name, value] : trial.values) {
    words.push_back(fmt::format("{} {}", name, number_text(value)));
  }
  for (const auto& [name, word] : trial.words) words.push_back(fmt::format("{} {}", name, word));
  return fmt::format("{}", fmt::join(words, ", "));
}

Cell scaled(const std::map<std::string, double>& facts, const std::string& key, double scale) {
  const auto found = facts.find(key);
  if (found == facts.end()) return TextCell{};
  return number_cell(0.0 + scale * found->second);
}

Cell mrr_cell(const TrialLine& trial) {
  return number_cell(trial.mrr, trial.failure.empty() ? "no MRR" : trial.failure);
}

std::string misses_text(const TrialLine& trial) {
  if (!trial.failure.empty()) return "failed: " + trial.failure;
  return fmt::format("{}", fmt::join(trial.misses, "; "));
}

std::vector<std::string> attributes_of(const SearchRecord& search) {
  std::vector<std::string> attributes;
  for (const TrialLine& trial : search.trials) {
    for (const auto& [attribute, reduction] : trial.reductions) {
      if (std::find(attributes.begin(), attributes.end(), attribute) == attributes.end()) {
        attributes.push_back(attribute);
      }
    }
  }
  return attributes;
}

/// "2 of 16 trials of kl failed: diverged at epoch 1 (trial 3), ..."; "" if none did.
std::string failures_text(const SearchRecord& search, const std::string& system) {
  const std::vector<const TrialLine*> trials = search.trials_of(system);
  std::vector<std::string> failures;
  for (const TrialLine* trial : trials) {
    if (trial->failure.empty()) continue;
    failures.push_back(fmt::format("{} (trial {})", trial->failure, trial->number));
  }
  if (failures.empty()) return "";
  return fmt::format("{} of {} trials of {} failed: {}.", failures.size(), trials.size(), system,
                     fmt::join(failures, ", "));
}

/// Schema 1 measured quality with attribute vectors and bias without; later ones the rows alone.
void add_note_on_rows(Table& table, const SearchRecord& search, const char* bias) {
  const std::vector<std::string> systems = search.systems();
  if (search.search.schema != 1) {
    add_rows_alone_note(table, systems);
    return;
  }
  add_release_note(table, systems,
                   std::array{ShownMeasure{"valid MRR", std::string(kFilteredMrr.metric)},
                              ShownMeasure{bias, "leakage"}});
}

}  // namespace

Table tuning_table(const SearchRecord& search) {
  Table table;
  table.title = "Weights found on validation data";
  table.caption = search.search.objective;
  const std::vector<std::string> attributes = attributes_of(search);
  const bool older = search.search.schema == 1;  // judged by |ΔS| and an MLP's accuracy
  const bool probed =
      std::any_of(search.trials.begin(), search.trials.end(),
                  [](const TrialLine& trial) { return trial.leakage.contains(kProbed); });
  table.columns = {
      text_column("system", "system"),
      {.key = "trials", .header = "trials", .decimals = 0},
      {.key = "feasible", .header = "feasible", .decimals = 0},
      {.key = "mrr", .header = "valid MRR", .decimals = 4, .direction = Direction::kHigher}};
  for (const std::string& attribute : attributes) {
    table.columns.push_back({.key = (older ? "gap_change." : "question_change.") + attribute,
                             .group = older ? "|ΔS| against Basic, %" : "question against Basic, %",
                             .header = attribute,
                             .decimals = 1,
                             .unit = "%"});
  }
  if (probed) {
    table.columns.push_back(older ? Column{.key = fmt::format("probe_excess.{}", kProbed),
                                           .group = "MLP probe, points",
                                           .header = kProbed,
                                           .decimals = 1,
                                           .unit = "points"}
                                  : Column{.key = fmt::format("leakage.{}", kProbed),
                                           .group = "leakage, AUC above .5",
                                           .header = kProbed});
  }
  table.columns.push_back(text_column("values", "best values"));
  table.columns.push_back(text_column("misses", "misses"));

  for (const std::string& system : search.systems()) {
    const std::vector<const TrialLine*> trials = search.trials_of(system);
    const TrialLine& best = *search.best_of(system);
    const auto feasible = std::count_if(trials.begin(), trials.end(), [](const TrialLine* trial) {
      return trial->result().feasible();
    });
    Row row;
    row.reference = system == search.search.reference;
    row.cells = {TextCell{system}, number_cell(static_cast<double>(trials.size())),
                 number_cell(static_cast<double>(feasible)), mrr_cell(best)};
    for (const std::string& attribute : attributes) {
      row.cells.push_back(scaled(best.reductions, attribute, -100.0));
    }
    if (probed) row.cells.push_back(scaled(best.leakage, kProbed, older ? 100.0 : 1.0));
    row.cells.emplace_back(TextCell{values_text(best)});
    row.cells.emplace_back(
        TextCell{row.reference && best.failure.empty() ? "(reference)" : misses_text(best)});
    table.rows.push_back(std::move(row));
    if (std::string failures = failures_text(search, system); !failures.empty()) {
      table.notes.push_back(std::move(failures));
    }
  }
  mark_best(table);
  add_note_on_rows(table, search, "figures of attributes");
  table.notes.emplace_back(
      "Chosen on validation triples and on the selection half of the persons, with few seeds: "
      "figures to report come from `kgaudit bench --plan`, on test triples; with --set "
      "evaluation.persons=others on persons that no choice saw.");
  return table;
}

Table trials_table(const SearchRecord& search) {
  Table table;
  table.title = "All trials";
  table.columns = {
      text_column("system", "system"),
      {.key = "trial", .header = "trial", .decimals = 0},
      {.key = "mrr", .header = "valid MRR", .decimals = 4, .direction = Direction::kHigher},
      {.key = "violation",
       .header = "missed in all",
       .decimals = 3,
       .direction = Direction::kLower},
      {.key = "seconds", .header = "seconds", .decimals = 1, .unit = "s"},
      text_column("values", "values"),
      text_column("misses", "misses"),
      text_column("plan_hash", "plan")};
  for (const TrialLine& trial : search.trials) {
    Row row;
    row.reference = trial.system == search.search.reference;
    row.cells = {TextCell{trial.system},
                 number_cell(static_cast<double>(trial.number)),
                 mrr_cell(trial),
                 number_cell(trial.violation),
                 number_cell(trial.seconds),
                 TextCell{values_text(trial)},
                 TextCell{misses_text(trial)},
                 TextCell{trial.plan_hash.substr(0, 8)}};
    table.rows.push_back(std::move(row));
  }
  add_note_on_rows(table, search, "misses in bias");
  return table;
}

}  // namespace kgaudit::reports
