#include "reports/tables/sweep_table.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/record/fact_names.hpp"
#include "reports/tables/release_note.hpp"
#include "suite/base/pareto.hpp"

namespace kgaudit::reports {
namespace {

/// "gamma 10, keep 0.5"; "" for none.
std::string values_text(const SweepRun& run) {
  std::vector<std::string> words;
  for (const auto& [name, value] : run.values) words.push_back(fmt::format("{} {}", name, value));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string caption_of(const SweepLine& sweep) {
  std::vector<std::string> settings;
  for (const auto& [name, value] : sweep.settings) {
    settings.push_back(fmt::format("{} {}", name, value));
  }
  return fmt::format("{}; seeds {}; {}", sweep.job.dataset, fmt::join(sweep.job.seeds, ", "),
                     fmt::join(settings, ", "));
}

/// In this order: quality, question, leakage.
Costs costs_of(const PointLine& point) {
  std::optional<double> lost = point.mrr;
  if (lost) *lost = -*lost;
  return {lost, point.question, point.leakage};
}

Row row_of(const SweepRun& run, const PointLine& point, bool optimal) {
  std::optional<double> question = point.question;
  if (question) *question *= 100.0;
  const auto reason = [&](const char* otherwise) {
    return point.failure.empty() ? std::string(otherwise) : point.failure;
  };
  Row row;
  row.cells = {TextCell{run.run},
               number_cell(point.mrr, reason("no MRR")),
               number_cell(question, reason("no question of every attribute")),
               number_cell(point.leakage, reason("no leakage of every attribute")),
               TextCell{optimal ? "optimal" : ""},
               TextCell{values_text(run)}};
  return row;
}

}  // namespace

Table sweep_table(const SweepRecord& sweep) {
  Table table;
  table.title = "Quality against bias over the weights";
  table.caption = caption_of(sweep.sweep);
  table.columns = {
      text_column("run", "run"),
      {.key = "mrr", .header = "MRR", .decimals = 4, .direction = Direction::kHigher},
      {.key = "question",
       .header = "question, points",
       .decimals = 2,
       .unit = "points",
       .direction = Direction::kLower},
      {.key = "leakage",
       .header = "leakage, AUC above .5",
       .decimals = 3,
       .direction = Direction::kLower},
      text_column("pareto", "Pareto"),
      text_column("values", "weights"),
  };
  std::vector<std::pair<const SweepRun*, const PointLine*>> finished;
  std::vector<Costs> costs;
  for (const SweepRun& run : sweep.sweep.runs) {
    const PointLine* point = sweep.point_of(run.run);
    if (point == nullptr) continue;
    finished.emplace_back(&run, point);
    costs.push_back(costs_of(*point));
  }
  const std::vector<bool> optimal = pareto_optimal(costs);
  std::vector<std::string> best;
  for (std::size_t i = 0; i < finished.size(); ++i) {
    const auto& [run, point] = finished[i];
    table.rows.push_back(row_of(*run, *point, optimal[i]));
    if (optimal[i]) best.push_back(run->run);
  }
  mark_best(table);
  if (finished.size() < sweep.sweep.runs.size()) {
    table.notes.push_back(fmt::format("{} of {} runs are finished; go on with --resume.",
                                      finished.size(), sweep.sweep.runs.size()));
  }
  table.notes.push_back(best.empty() ? "No point is Pareto-optimal: none has every criterion."
                                     : fmt::format("Pareto-optimal: {}.", fmt::join(best, ", ")));
  table.notes.emplace_back(
      "MRR: filtered, both sides, without the triples of sensitive relations. Question: share "
      "answered right above that of the commonest answer; leakage: AUC of the strongest probe of "
      "hidden persons, above .5; both are means over attributes, cut at 0. All means over seeds; a "
      "system's first view speaks for it.");
  std::vector<std::string> systems;
  for (const SweepRun& run : sweep.sweep.runs) systems.push_back(run.system);
  add_rows_alone_note(table, systems);
  return table;
}

}  // namespace kgaudit::reports
