#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/base/error.hpp"
#include "suite/base/memory_budget.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/graph_preparation.hpp"
#include "suite/cli/plan_options.hpp"
#include "suite/cli/run_result.hpp"
#include "suite/cli/sweep.hpp"
#include "suite/cli/time_now.hpp"
#include "suite/gate/gate_rules.hpp"
#include "suite/plan/plan.hpp"
#include "suite/plan/plan_text.hpp"
#include "suite/run/runner.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct BenchOptions {
  explicit BenchOptions(CommandLine line) : plan(line) {}

  PlanOptions plan;
  bool dump_plan = false;
  run::JobOptions job;
  std::optional<std::uint64_t> stop_after_epochs;
  std::optional<Option> sweep;
  std::vector<std::string> sweep_words;
  std::string max_memory;
};

/// Whether the plan file holds rules. They are for `gate check`, after the run; a mistake in them
/// is told before it.
bool check_gate_rules_of(const std::string& plan_file, const run::Plan& plan) {
  if (plan_file.empty() || !run::has_gate_rules(plan_file)) return false;
  const run::GateRules rules = run::read_gate_rules(plan_file);
  const auto check = [&](const std::string& row, const std::string& place) {
    const std::string system = row.substr(0, row.find(':'));
    if (std::find(plan.systems.begin(), plan.systems.end(), system) == plan.systems.end()) {
      throw InputError::unknown(place, "system of this plan", system, plan.systems);
    }
  };
  if (!rules.baseline_row.empty()) check(rules.baseline_row, rules.baseline_row_place);
  for (const run::GateRule& rule : rules.rules) {
    for (const std::string& row : rule.rows) check(row, rule.place);
  }
  return true;
}

ExitCode bench(Session& session, const BenchOptions& options) {
  const run::Plan plan = options.plan.resolve();
  const bool with_rules = check_gate_rules_of(options.plan.file(), plan);
  if (options.dump_plan) {
    session.console.show(run::print(plan));
    session.console.show_json(nlohmann::ordered_json::parse(run::to_json(plan)));
    return ExitCode::kPass;
  }
  const std::string advice = advice_for_card(plan);
  if (!advice.empty()) session.console.note(advice);
  run::JobOptions job = options.job;
  job.started = time_now();
  if (!options.max_memory.empty()) {
    job.max_memory = parse_memory_size(options.max_memory, "--max-memory");
  }
  if (options.sweep->typed()) return sweep(session, plan, {options.sweep_words, job});
  run::RunOptions run_options = {job, options.stop_after_epochs};
  if (!advice.empty() && !job.resume && !session.console.quiet()) {
    run_options.data_loaded = [&session](const datasets::Dataset& data) {
      session.console.note(guess_for_card(data.graph, session.progress));
    };
  }
  run::Runner runner(plan, run_options, session.progress);
  session.console.note(fmt::format("run directory: {}", runner.directory().root().string()));
  runner.run();
  const ExitCode code = show_result(session, runner.directory().root());
  if (with_rules) {
    session.console.note(
        fmt::format("judge it by the rules of the plan: kgaudit gate check {} --rules {}",
                    runner.directory().root().string(), options.plan.file()));
  }
  return code;
}

CommandAction attach_bench(CommandLine line) {
  auto options = std::make_shared<BenchOptions>(line);
  add_mirror_option(line, options->job.mirror);
  line.add_flag(
      {.name = "--resume",
       .help =
           "Continue the interrupted run in the output folder; its results are the same bits as "
           "those of a run without interruption (default: off)"},
      options->job.resume);
  const Option keep = line.add_flag(
      {.name = "--keep-embeddings",
       .help = "Keep the final rows of each system and seed in the output folder, for 'kgaudit "
               "export' and 'kgaudit audit' (default: off)"},
      options->job.keep_embeddings);
  line.add_flag({.name = "--dump-plan",
                 .help = "Print the resolved plan with the meaning, unit and range of every key, "
                         "then exit (default: off)"},
                options->dump_plan);
  line.add_text(
      {.name = "--max-memory",
       .help = "Refuse a run that is estimated to hold more than this, before it trains: the "
               "message says what takes how much (such as 8G; default: a warning where it is "
               "more than the machine has)",
       .type = "SIZE"},
      options->max_memory);
  options->sweep = line.add_words(
      {.name = "--sweep",
       .help = "Measure quality and bias at several values of each system's weight: N values "
               "spread over its range (in [2, 1000]; 5 if N is left out), or KEY=A,B,... such as "
               "system.bose.gamma=1,10,100 (may be repeated). A system without a weight is "
               "measured once (default: no sweep)",
       .type = "[N|KEY=VALUES]"},
      options->sweep_words, Words::kAtMostOne);
  options->sweep->excludes(keep);  // a sweep is of many trainings
  line.add_count(
      {.name = "--stop-after-epochs",
       .help = "Stop after N epochs of all systems together, as if interrupted (at least "
               "1; default: never)",
       .type = "N",
       .hidden = true},
      options->stop_after_epochs);
  return [options](Session& session) { return bench(session, *options); };
}

}  // namespace

extern const CommandEntry bench;
constinit const CommandEntry bench = {
    .id = "bench",
    .summary = "Train the systems, measure quality, bias and time, and compare them",
    .attach = &attach_bench,
    .when_stopped = "all finished work is saved; continue with --resume",
};

}  // namespace kgaudit::cli::commands_roster
