#include "suite/search/sweep.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/run/memory_estimate.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/runner.hpp"
#include "suite/run/training.hpp"
#include "suite/search/headline.hpp"
#include "suite/search/part_run.hpp"
#include "suite/search/search.hpp"

namespace kgaudit::run {
namespace {

constexpr std::int64_t kPoints = 5;
constexpr std::int64_t kMostPoints = 1000;
constexpr const char* kSweepAdvice = "--sweep 7, or --sweep system.bose.gamma=1,10,100";

/// "system.neutral+attr.class_weight=1,10" taken apart and checked against the plan.
struct NamedValues {
  std::string system;
  std::string parameter;
  std::vector<ParameterValue> values;
};

NamedValues named_values(const Plan& plan, const std::string& word) {
  const std::string place = fmt::format("--sweep {}", printable(word));
  const auto equals = word.find('=');
  std::string key = word.substr(0, equals);
  std::erase(key, '"');
  const auto dot = key.rfind('.');
  if (equals == std::string::npos || !key.starts_with("system.") || dot < 7) {
    throw InputError::usage(place, "neither a number of points nor system.ID.PARAMETER=VALUES",
                            fmt::format("a number in [2, {}], or values", kMostPoints),
                            kSweepAdvice);
  }
  NamedValues named{key.substr(7, dot - 7), key.substr(dot + 1), {}};
  if (std::find(plan.systems.begin(), plan.systems.end(), named.system) == plan.systems.end()) {
    const std::string guess = InputError::guess(named.system, plan.systems);
    throw InputError::usage(place,
                            fmt::format("the system '{}' does not run", printable(named.system)),
                            fmt::format("one of: {}", fmt::join(plan.systems, ", ")),
                            guess.empty() ? "name it with --systems too" : guess);
  }
  Parameters values = plan.system(named.system);
  const std::string list = word.substr(equals + 1);
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    values.set(named.parameter, std::string_view(list).substr(begin, end - begin), place);
    const ParameterValue& value = values.value(named.parameter);
    if (std::find(named.values.begin(), named.values.end(), value) != named.values.end()) {
      throw InputError::usage(place, fmt::format("{} is listed twice", value_text(value)),
                              "each value once");
    }
    named.values.push_back(value);
    begin = end + 1;
  }
  return named;
}

ParameterValue swept_value(const Parameters& defaults, const models::Tunable& row, double share) {
  const bool whole = std::holds_alternative<std::int64_t>(defaults.value(row.parameter));
  const double value =
      value_at({std::string(row.parameter), row.low, row.high, row.scale, whole}, share);
  if (whole) return static_cast<std::int64_t>(value);
  return value;
}

/// All swept weights of a system, from their low ends to their high ends.
std::vector<SweepStep> walk(const std::string& system, std::int64_t points) {
  const models::SystemEntry& entry = models::find_system(system);
  const Parameters defaults(entry.parameters());
  std::vector<SweepStep> steps;
  for (std::int64_t i = 0; i < points; ++i) {
    SweepStep step{system, {}};
    const double share = static_cast<double>(i) / static_cast<double>(points - 1);
    for (const models::Tunable& row : entry.tunable) {
      if (!row.swept) continue;
      step.values.emplace_back(std::string(row.parameter), swept_value(defaults, row, share));
    }
    // Whole numbers may repeat; a system without a weight has one point.
    const bool new_values = steps.empty() || steps.back().values != step.values;
    if (new_values) steps.push_back(std::move(step));
  }
  return steps;
}

void refuse_taken(const JobOptions& options) {
  std::error_code failure;
  if (options.resume) {
    std::error_code none;
    const std::filesystem::path record = sweep_record_in(options.directory);
    if (std::filesystem::file_size(record, none) > 0 && !none) return;
    // There is no sweep to go on with, so this one begins. An empty record is what a crash at the
    // start leaves.
    return refuse_foreign_folder(options.directory,
                                 [&record](const std::filesystem::directory_entry& entry) {
                                   return entry.path().filename() == record.filename();
                                 });
  }
  if (!std::filesystem::exists(options.directory, failure)) return;
  if (std::filesystem::is_directory(options.directory, failure) &&
      std::filesystem::is_empty(options.directory, failure)) {
    return;
  }
  throw InputError::usage(options.directory.string(), "something is already there",
                          "a new or empty folder for a sweep",
                          "--resume to go on with the sweep of this folder, or another --out");
}

reports::SweepLine sweep_line(const Plan& plan, std::span<const SweepStep> steps,
                              const datasets::Dataset& data, const JobOptions& options) {
  reports::SweepLine line;
  line.job = job_line(plan, data, options);
  for (const char* name : {"epochs", "dimension"}) {
    line.settings.emplace_back(name, value_text(plan.training().value(name)));
  }
  std::map<std::string, std::size_t> number;
  for (const SweepStep& step : steps) {
    reports::SweepRun run{
        fmt::format("{}-{:02}", step.system, ++number[step.system]), step.system, {}};
    for (const auto& [name, value] : step.values) run.values.emplace_back(name, value_text(value));
    line.runs.push_back(std::move(run));
  }
  return line;
}

reports::RunRecord record_of(const std::filesystem::path& folder) {
  return reports::read_record(RunDirectory::record_in(folder));
}

Plan part_for(const Plan& plan, const SweepStep& step) {
  Plan part = part_of(plan, {step.system}, plan.metrics);
  for (const auto& [name, value] : step.values) {
    set_value(part, "system." + step.system, name, value);
  }
  return part;
}

/// The record's first line. What cannot run, because of its data or its memory, is refused here,
/// before anything is made.
reports::SweepLine checked_line(const Plan& plan, std::span<const SweepStep> steps,
                                const JobOptions& options, Progress& progress) {
  const datasets::Dataset data = load_dataset(plan, options.mirror, progress);
  ThreadPool pool(1);
  require_trainable(plan, plan.systems, data, pool);
  if (options.max_memory) {
    for (const SweepStep& step : steps) {
      require_memory(memory_estimate(part_for(plan, step), data), *options.max_memory);
    }
  }
  return sweep_line(plan, steps, data, options);
}

}  // namespace

std::vector<SweepStep> sweep_steps(const Plan& plan, std::span<const std::string> words) {
  std::vector<NamedValues> named;
  std::optional<std::int64_t> points;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    const auto number = parse_int(word);
    if (!number) {
      named.push_back(named_values(plan, word));
      continue;
    }
    if (points || *number < 2 || *number > kMostPoints) {
      throw InputError::usage(fmt::format("--sweep {}", word),
                              points ? "a second number of points" : "too few or too many points",
                              fmt::format("one number in [2, {}]", kMostPoints), kSweepAdvice);
    }
    points = number;
  }
  if (points && !named.empty()) {
    throw InputError::usage("--sweep", "a number of points beside values", "one of the two",
                            kSweepAdvice);
  }
  std::vector<SweepStep> steps;
  for (const std::string& system : plan.systems) {
    std::vector<SweepStep> own;
    if (named.empty()) own = walk(system, points.value_or(kPoints));
    for (const NamedValues& one : named) {
      if (one.system != system) continue;
      for (const ParameterValue& value : one.values) {
        own.push_back({system, {{one.parameter, value}}});
      }
    }
    if (own.empty()) own.push_back({system, {}});
    steps.insert(steps.end(), own.begin(), own.end());
  }
  return steps;
}

reports::SweepRecord run_sweep(const Plan& plan, std::span<const SweepStep> steps,
                               const JobOptions& options, Progress& progress) {
  refuse_taken(options);
  const reports::SweepLine line = checked_line(plan, steps, options, progress);
  make_job_directory(options);
  reports::SweepRecordFile file(sweep_record_in(options.directory), record_start(options));
  file.begin(line);
  for (const std::string& notice : file.record().notices) progress.warn(notice);
  PartRuns runs(options, progress);
  const Stage stage(progress, "sweep", steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string& name = line.runs[i].run;
    const std::string& system = steps[i].system;
    const bool decides = system == models::reference_system().id;
    if (file.record().point_of(name) != nullptr) {  // of an earlier process
      if (decides) runs.measure_after(measured_epochs(record_of(options.directory / name), system));
      continue;
    }
    const reports::RunRecord record =
        runs.run(part_for(plan, steps[i]), options.directory / name, i, name);
    if (decides) runs.measure_after(measured_epochs(record, system));
    const Headline headline = headline_of(record, system);
    file.append(
        {name, headline.mrr, headline.mean_question(), headline.mean_leakage(), headline.failure});
  }
  return file.record();
}

}  // namespace kgaudit::run
