#include "suite/search/tuner.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_text.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/runner.hpp"
#include "suite/run/training.hpp"
#include "suite/search/objective.hpp"

namespace kgaudit::run {
namespace {

std::string reference_id() { return std::string(models::reference_system().id); }

bool changes_something(const reports::TrialLine& trial) {
  return !trial.values.empty() || !trial.words.empty();
}

/// All that a trial changed, with the types of the table that it changed.
std::vector<std::pair<std::string, ParameterValue>> values_of(const reports::TrialLine& trial,
                                                              const Parameters& parameters) {
  std::vector<std::pair<std::string, ParameterValue>> all;
  for (const auto& [name, value] : trial.values) {
    if (std::holds_alternative<std::int64_t>(parameters.value(name))) {
      all.emplace_back(name, static_cast<std::int64_t>(value));
    } else {
      all.emplace_back(name, value);
    }
  }
  for (const auto& [name, word] : trial.words) {
    if (std::holds_alternative<bool>(parameters.value(name))) {
      all.emplace_back(name, word == "true");
    } else {
      all.emplace_back(name, word);
    }
  }
  return all;
}

/// The point that a trial on record tried; nothing if it does not fit the axes.
std::optional<SearchPoint> point_of(const reports::TrialLine& trial, std::span<SearchAxis> axes,
                                    const Parameters& parameters) {
  const auto values = values_of(trial, parameters);
  if (values.size() != axes.size()) return std::nullopt;
  SearchPoint point;
  for (SearchAxis& axis : axes) {
    const auto found =
        std::ranges::find(values, axis.parameter,
                          [](const auto& named) -> const std::string& { return named.first; });
    if (found == values.end()) return std::nullopt;
    point.push_back(value_of(axis, found->second));
  }
  return point;
}

/// `detach = "all"`, as TOML has it.
std::string assignment_text(const std::string& name, const ParameterValue& value) {
  const auto* word = std::get_if<std::string>(&value);
  return fmt::format("{} = {}\n", name, word != nullptr ? toml_text(*word) : value_text(value));
}

std::vector<std::string> attribute_ids(const Headline& headline) {
  std::vector<std::string> ids;
  for (const Headline::Attribute& attribute : headline.attributes) ids.push_back(attribute.id);
  return ids;
}

void refuse_few_seeds(const Plan& plan, const Parameters& tuning) {
  const std::size_t wanted = tuning.count("trial_seeds");
  if (wanted <= plan.seeds.size()) return;
  throw InputError::usage(
      "--trial-seeds", fmt::format("{} for a plan with {} of them", wanted, plan.seeds.size()),
      "at most as many as the plan has", fmt::format("--seeds {}, or fewer --trial-seeds", wanted));
}

}  // namespace

Tuner::Tuner(Plan plan, Parameters tuning, TuningOptions options, Progress& progress)
    : plan_(std::move(plan)),
      tuning_(std::move(tuning)),
      options_(std::move(options)),
      progress_(progress),
      runs_(static_cast<const JobOptions&>(options_), progress),
      systems_({reference_id()}) {
  for (const std::string& system : plan_.systems) {
    if (system != reference_id()) systems_.push_back(system);
  }
  refuse_few_seeds(plan_, tuning_);
  std::error_code none;
  const bool searched = std::filesystem::file_size(record(), none) > 0 && !none;
  if (!searched) {
    // An empty record is what a crash at the start leaves. One that says something is gone on with,
    // or refused below.
    refuse_foreign_folder(options_.directory, [](const std::filesystem::directory_entry& entry) {
      const std::filesystem::path name = entry.path().filename();
      return name == "search.jsonl" || name == "trials";
    });
  }
  const reports::SearchLine line = search_line();  // wrong data leave no folder
  make_job_directory(options_);
  file_ = std::make_unique<reports::SearchRecordFile>(record(), record_start(options_));
  file_->begin(line);
  for (const std::string& notice : search().notices) progress_.warn(notice);
}

reports::SearchLine Tuner::search_line() const {
  reports::SearchLine line;
  const datasets::Dataset data = load_dataset(plan_, options_.mirror, progress_);
  ThreadPool pool(1);
  for (const std::string& system : systems_) {
    require_trainable(part_of(plan_, {system}, {"link_prediction"}), {&system, 1}, data, pool);
  }
  line.job = job_line(plan_, data, options_);
  line.job.seeds = trial_plan(systems_.front()).seeds;
  for (const auto& [name, value] : tuning_.entries()) {
    line.tuning.emplace_back(name, value_text(value));
  }
  line.objective = objective_text(tuning_);
  line.reference = systems_.front();
  return line;
}

std::string Tuner::table_of(const std::string& system) const {
  return is_reference(system) ? "training" : "system." + system;
}

const Parameters& Tuner::parameters_of(const Plan& plan, const std::string& system) const {
  return is_reference(system) ? plan.training() : plan.system(system);
}

std::size_t Tuner::budget_of(const std::string& system) const {
  if (is_reference(system)) return tuning_.count("shared_budget");
  return models::find_system(system).tunable.empty() ? 1 : tuning_.count("budget");
}

std::vector<SearchAxis> Tuner::axes_of(const std::string& system) const {
  if (budget_of(system) == 1 && is_reference(system)) return {};
  if (is_reference(system)) return shared_axes();
  return search_axes(models::find_system(system), attribute_ids(*basic_));
}

const reports::TrialLine* Tuner::best_change(const std::string& system) const {
  const reports::TrialLine* best = search().best_of(system);
  return best != nullptr && best->mrr && changes_something(*best) ? best : nullptr;
}

void Tuner::apply(const reports::TrialLine& trial, Plan& plan) const {
  for (const auto& [name, value] : values_of(trial, parameters_of(plan, trial.system))) {
    set_value(plan, table_of(trial.system), name, value);
  }
}

Plan Tuner::trial_plan(const std::string& system) const {
  Plan plan = part_of(plan_, {system}, {"link_prediction", "question", "leakage"});
  if (!is_reference(system)) {
    if (const reports::TrialLine* shared = best_change(systems_.front())) apply(*shared, plan);
  }
  plan.seeds.resize(tuning_.count("trial_seeds"));
  set_value(plan, "evaluation", "set", std::string("valid"));
  set_value(plan, "evaluation", "persons", std::string("selection"));
  // Nothing that a verdict does not read.
  set_value(plan, "metric.link_prediction", "per_relation", false);
  set_value(plan, "metric.leakage", "permutations", std::int64_t{0});
  set_value(plan, "metric.leakage", "probes", std::string("panel"));
  set_value(plan, "run", "out", std::string());
  return plan;
}

void Tuner::try_point(const std::string& system, std::span<const SearchAxis> axes,
                      const SearchPoint& point) {
  const auto begun = std::chrono::steady_clock::now();
  reports::TrialLine trial;
  trial.system = system;
  trial.number = search().trials_of(system).size() + 1;
  trial.folder = fmt::format("trials/{}-{:03}", system, trial.number);
  Plan plan = trial_plan(system);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const ParameterValue value = parameter_value(axes[i], point[i]);
    if (const auto* word = std::get_if<std::string>(&value)) {
      trial.words.emplace_back(axes[i].parameter, *word);
    } else {
      trial.values.emplace_back(axes[i].parameter, point[i]);
    }
  }
  apply(trial, plan);
  trial.plan_hash = plan_hash(plan).hex();
  const reports::RunRecord record =
      runs_.run(plan, options_.directory / trial.folder, trials_before_ + trial.number - 1,
                fmt::format("{} trial {}", system, trial.number));
  judge_trial(trial, headline_of(record, system));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  trial.seconds = taken.count();
  file_->append(std::move(trial));
  write_results();
  ++trials_of_this_process_;
  if (options_.stop_after_trials && trials_of_this_process_ >= *options_.stop_after_trials) {
    throw Interrupted();
  }
}

void Tuner::judge_trial(reports::TrialLine& trial, const Headline& headline) {
  Verdict verdict = judge(headline, is_reference(trial.system) ? headline : *basic_, tuning_);
  if (is_reference(trial.system) && headline.mrr) {
    // The demands are what others are to do better; of its own trials the best MRR wins.
    verdict.result.violation = 0.0;
    verdict.misses.clear();
  }
  trial.mrr = verdict.result.quality;
  trial.violation = verdict.result.violation;
  trial.misses = std::move(verdict.misses);
  trial.reductions = std::move(verdict.reductions);
  for (const Headline::Attribute& attribute : headline.attributes) {
    if (attribute.leakage) trial.leakage[attribute.id] = *attribute.leakage;
  }
  trial.failure = headline.failure;
}

void Tuner::check_earlier_trials(const std::string& system) {
  for (const reports::TrialLine* trial : search().trials_of(system)) {
    const std::filesystem::path run = options_.directory / trial->folder / "record.jsonl";
    std::error_code failure;
    if (!std::filesystem::exists(run, failure)) continue;
    reports::TrialLine again = *trial;
    judge_trial(again, headline_of(reports::read_record(run), system));
    if (again.mrr == trial->mrr && again.violation == trial->violation) continue;
    const auto shown = [](const std::optional<double>& mrr) {
      return mrr ? fmt::format("MRR {}", number_text(*mrr)) : std::string("no MRR");
    };
    throw InputError::unreadable(
        fmt::format("{}: trial {} of {}", record().string(), trial->number, system),
        shown(trial->mrr) + fmt::format(", misses by {}", number_text(trial->violation)),
        shown(again.mrr) +
            fmt::format(", misses by {}, as {} gives", number_text(again.violation), run.string()),
        "the file as it was written, or a new search with another --out");
  }
}

void Tuner::search_system(const std::string& system) {
  check_earlier_trials(system);
  auto axes = axes_of(system);
  const std::size_t budget = axes.empty() ? 1 : budget_of(system);
  const double seconds = tuning_.real("budget_seconds");
  SearchPoint start;
  const Plan plan = trial_plan(system);
  for (SearchAxis& axis : axes) {
    start.push_back(value_of(axis, parameters_of(plan, system).value(axis.parameter)));
  }
  while (true) {
    double spent = 0.0;
    std::vector<SearchTrial> history;
    for (const reports::TrialLine* trial : search().trials_of(system)) {
      spent += trial->seconds;
      const bool blank = trial->values.empty() && trial->words.empty();
      auto point = axes.empty() ? (blank ? std::optional(SearchPoint{}) : std::nullopt)
                                : point_of(*trial, axes, parameters_of(plan, system));
      if (!point) {
        throw InputError::unreadable(
            fmt::format("{}: trial {} of {}", record().string(), trial->number, system),
            fmt::format("{} values", trial->values.size() + trial->words.size()),
            fmt::format("{} values", axes.size()));
      }
      history.push_back({*std::move(point), trial->result()});
    }
    if (history.size() >= budget || (seconds > 0.0 && !history.empty() && spent >= seconds)) break;
    try_point(system, axes,
              propose(axes, start, history, budget,
                      static_cast<std::uint64_t>(tuning_.integer("search_seed")), system));
  }
  trials_before_ += budget;
}

void Tuner::read_reference() {
  const std::string& reference = systems_.front();
  const reports::TrialLine& best = *search().best_of(reference);
  const reports::RunRecord record =
      reports::read_record(options_.directory / best.folder / "record.jsonl");
  runs_.measure_after(measured_epochs(record, reference));
  basic_ = headline_of(record, reference);
  if (!basic_->failure.empty()) {
    progress_.warn(fmt::format("{} failed ({}): demands that compare with it are not made",
                               reference, basic_->failure));
  }
}

void Tuner::run() {
  std::uint64_t steps = 0;
  for (const std::string& system : systems_) steps += budget_of(system);
  const Stage stage(progress_, "tuning", steps);
  search_system(systems_.front());
  read_reference();
  for (std::size_t i = 1; i < systems_.size(); ++i) search_system(systems_[i]);
  write_results();
}

Plan Tuner::tuned() const {
  Plan tuned = plan_;
  for (const std::string& system : systems_) {
    if (const reports::TrialLine* best = best_change(system)) apply(*best, tuned);
  }
  // The search's own folder is no place for a run.
  set_value(tuned, "run", "out", std::string());
  return tuned;
}

void Tuner::write_results() const {
  write_atomically(tuned_plan(), print(tuned()), kOutputComplaint);
  std::string text = fmt::format("# Found by `kgaudit tune` on {} for the {}.\n", graph_name(plan_),
                                 objective_text(tuning_));
  for (const std::string& system : systems_) {
    const reports::TrialLine* best = best_change(system);
    if (best == nullptr) continue;
    const std::string verdict = is_reference(system) ? "the highest MRR of " + system
                                : best->misses.empty()
                                    ? "meets all demands"
                                    : fmt::format("misses: {}", fmt::join(best->misses, "; "));
    text += fmt::format(
        "\n# Trial {} of {}; {}\n[{}]\n", best->number, search().trials_of(system).size(), verdict,
        is_reference(system) ? table_of(system) : fmt::format("system.\"{}\"", system));
    for (const auto& [name, value] : values_of(*best, parameters_of(plan_, system))) {
      text += assignment_text(name, value);
    }
  }
  write_atomically(weights(), text, kOutputComplaint);
}

}  // namespace kgaudit::run
