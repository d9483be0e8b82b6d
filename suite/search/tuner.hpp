#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/tables/table.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"
#include "suite/search/headline.hpp"
#include "suite/search/part_run.hpp"
#include "suite/search/search.hpp"

namespace kgaudit::run {

/// How a search is carried out and what it demands: budget, demands on bias, seed.
[[nodiscard]] std::span<const ParameterSpec> tuning_parameters();

/// What the search maximises and what it demands, in words for the record and the reader.
[[nodiscard]] std::string objective_text(const Parameters& tuning);

/// A system's worth against Basic of the same seeds. A demand that Basic's own record cannot state
/// (no such attribute, no gap, a metric that is Undefined) is not made; one that only the system's
/// record cannot answer is missed in whole (violation 1).
struct Verdict {
  SearchScore score;
  std::vector<std::string> misses;           ///< each missed demand in words; empty = feasible
  std::map<std::string, double> reductions;  ///< attribute -> 1 - |ΔS| / |ΔS of Basic|
};
[[nodiscard]] Verdict judge(const Headline& system, const Headline& basic,
                            const Parameters& tuning);

/// One trained and judged set of weights.
struct TuningTrial {
  std::string system;
  std::uint64_t number = 0;  ///< of the system's trials, from 1
  std::vector<std::pair<std::string, double>> values;
  std::optional<double> mrr;  ///< on validation triples
  double violation = 0.0;
  std::vector<std::string> misses;
  std::map<std::string, double> reductions;
  std::map<std::string, double> excess;  ///< attribute -> MLP probe less majority
  double seconds = 0.0;
  std::string folder;  ///< of its run, relative to the search's
  std::string plan_hash;

  bool operator==(const TuningTrial&) const = default;
};

/// One line of JSON without the newline; `parse_trial` gives back an equal value. Throws InputError
/// (unreadable) at `place` for anything else.
[[nodiscard]] std::string to_json_line(const TuningTrial& trial);
[[nodiscard]] TuningTrial parse_trial(std::string_view line, std::string_view place);

struct TuningOptions : JobOptions {
  /// Stop as if interrupted after so many trials of this process (tests of resuming).
  std::optional<std::uint64_t> stop_after_trials;
};

/// Searches the weights of every system of a plan, each with the same budget of trials. A trial is
/// a run of its own with the plan's first `trial_seeds` seeds, judged by its means: ranked on the
/// validation triples (the test triples are in no list) and with the bias measured on the selection
/// half of the persons; the validation triples also decide early stopping, where the plan has it.
/// Basic has one trial, as what reductions are measured against; so have systems without anything
/// to search.
///
/// Files in the directory, all kept up to date after every trial:
///   search.jsonl  first line: plan, demands, budget, objective; then one line a trial
///   tuned.toml    the plan with the best values found so far, to `kgaudit bench --plan`
///   weights.toml  these values alone, as the tables of a preset
///   trials/       the run of every trial with its record
/// Equal plans, demands and data give equal trials, interrupted or not (but see budget_seconds).
class Tuner {
 public:
  /// Throws InputError: usage if the directory holds a search and `resume` is off, or the plan has
  /// fewer seeds than a trial; not comparable if it holds another search.
  Tuner(Plan plan, Parameters tuning, TuningOptions options, Progress& progress);

  /// Throws Interrupted after saving when the user asked to stop.
  void run();

  [[nodiscard]] const std::vector<TuningTrial>& trials() const { return trials_; }
  /// The plan with each system's best values so far.
  [[nodiscard]] Plan tuned() const;
  [[nodiscard]] std::filesystem::path record() const { return options_.directory / "search.jsonl"; }
  [[nodiscard]] std::filesystem::path tuned_plan() const {
    return options_.directory / "tuned.toml";
  }
  [[nodiscard]] std::filesystem::path weights() const {
    return options_.directory / "weights.toml";
  }

 private:
  void open_record();
  void append(const std::string& line) const;
  void search_system(const std::string& system);
  /// Trains and judges one point and puts it on record.
  void try_point(const std::string& system, std::span<const SearchAxis> axes,
                 const SearchPoint& point);
  [[nodiscard]] std::vector<const TuningTrial*> trials_of(std::string_view system) const;
  [[nodiscard]] const TuningTrial* best_of(std::string_view system) const;
  [[nodiscard]] Plan trial_plan(const std::string& system) const;
  void write_results() const;

  Plan plan_;
  Parameters tuning_;
  TuningOptions options_;
  Progress& progress_;
  PartRuns runs_;
  std::vector<std::string> systems_;  ///< the plan's, Basic first
  std::vector<TuningTrial> trials_;
  std::optional<Headline> basic_;
  std::uint64_t trials_of_this_process_ = 0;
  std::uint64_t trials_before_ = 0;  ///< of the systems that are finished, for progress
};

/// Every system's best trial: values, validation MRR, reductions, probe and what it misses.
[[nodiscard]] reports::Table tuning_table(std::span<const TuningTrial> trials,
                                          const Parameters& tuning);

}  // namespace kgaudit::run
