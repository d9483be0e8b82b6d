#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/tables/tuning_table.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/graph_preparation.hpp"
#include "suite/cli/plan_options.hpp"
#include "suite/cli/time_now.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/search/objective.hpp"
#include "suite/search/tuner.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct TuneOptions {
  explicit TuneOptions(CommandLine line) : plan(line) {}

  struct Typed {
    std::string name;
    std::string option;
    std::string value;  ///< empty = not typed
  };
  PlanOptions plan;
  std::vector<Typed> typed;  ///< one for each row of run::tuning_parameters
  run::JobOptions job;
  std::optional<std::uint64_t> stop_after_trials;
};

Parameters tuning_of(const TuneOptions& options) {
  Parameters tuning(run::tuning_parameters());
  for (const TuneOptions::Typed& one : options.typed) {
    if (!one.value.empty()) tuning.set(one.name, std::string_view(one.value), one.option);
  }
  return tuning;
}

void show_result(Session& session, const run::Tuner& tuner) {
  const Console& console = session.console;
  const reports::Table table = reports::tuning_table(tuner.search());
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  console.show(fmt::format("\nplan:    {}\nweights: {}\nsearch:  {}\n", tuner.tuned_plan().string(),
                           tuner.weights().string(), tuner.record().string()));
  console.note(fmt::format("to measure on test triples: kgaudit bench --plan {}",
                           tuner.tuned_plan().string()));
  const nlohmann::ordered_json json = {
      {"plan", tuner.tuned_plan().string()},
      {"weights", tuner.weights().string()},
      {"search", tuner.record().string()},
      {"table", nlohmann::ordered_json::parse(reports::render_json(table))}};
  console.show_json(json);
}

bool any_trial_measured(const run::Tuner& tuner) {
  const auto& trials = tuner.search().trials;
  return std::any_of(trials.begin(), trials.end(),
                     [](const reports::TrialLine& trial) { return trial.mrr.has_value(); });
}

ExitCode tune(Session& session, const TuneOptions& options) {
  const run::Plan plan = options.plan.resolve();
  const Parameters tuning = tuning_of(options);
  if (const std::string advice = advice_for_card(plan); !advice.empty()) {
    session.console.note(advice);
  }
  run::JobOptions job = options.job;
  job.directory = run::job_directory(plan, job, "tune");
  job.started = time_now();
  run::Tuner tuner(plan, tuning, {job, options.stop_after_trials}, session.progress);
  session.console.note(fmt::format("search directory: {}", job.directory.string()));
  session.console.note(fmt::format("objective: {}", run::objective_text(tuning)));
  tuner.run();
  show_result(session, tuner);
  if (any_trial_measured(tuner)) return ExitCode::kPass;
  session.console.error(
      fmt::format("nothing was measured: no trial has an MRR; {} has the reason of each (failure)",
                  tuner.record().string()));
  return ExitCode::kNothingMeasured;
}

std::string option_name(std::string parameter) {
  std::replace(parameter.begin(), parameter.end(), '_', '-');
  return "--" + parameter;
}

CommandAction attach_tune(CommandLine line) {
  auto options = std::make_shared<TuneOptions>(line);
  const auto rows = run::tuning_parameters();
  options->typed.reserve(rows.size());  // the options keep pointers
  for (const ParameterSpec& row : rows) {
    options->typed.push_back({row.name, option_name(row.name), ""});
    line.add_text({.name = options->typed.back().option,
                   .help = fmt::format("{} ({}{}; default: {})", row.meaning, row.range_text(),
                                       row.unit.empty() ? "" : ", " + row.unit,
                                       value_text(row.default_value)),
                   .type = std::holds_alternative<std::int64_t>(row.default_value) ? "N" : "X"},
                  options->typed.back().value, Repeated::kLastWins);
  }
  add_mirror_option(line, options->job.mirror);
  line.add_flag(
      {.name = "--resume",
       .help = "Continue the interrupted search in the output folder, with the same trials "
               "(default: off)"},
      options->job.resume);
  line.add_count(
      {.name = "--stop-after-trials",
       .help = "Stop after N trials of all systems together, as if interrupted (at least "
               "1; default: never)",
       .type = "N",
       .hidden = true},
      options->stop_after_trials);
  return [options](Session& session) { return tune(session, *options); };
}

}  // namespace

extern const CommandEntry tune;
constinit const CommandEntry tune = {
    .id = "tune",
    .summary = "Search each system's weights on validation data, with one budget for all",
    .attach = &attach_tune,
    .when_stopped = "all finished work is saved; continue with --resume",
};

}  // namespace kgaudit::cli::commands_roster
