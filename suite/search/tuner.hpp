#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reports/record/search_record.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"
#include "suite/search/headline.hpp"
#include "suite/search/part_run.hpp"
#include "suite/search/search.hpp"

namespace kgaudit::run {

struct TuningOptions : JobOptions {
  /// Stop as if interrupted after so many trials of this process (tests of resuming).
  std::optional<std::uint64_t> stop_after_trials;
};

/// Searches the weights of every system of a plan, each with the same budget of trials. A trial is
/// a run of its own with the plan's first `trial_seeds` seeds, judged by its means: ranked on the
/// validation triples (the test triples are in no list) and with the bias measured on the selection
/// half of the persons; the validation triples also decide early stopping, where the plan has it.
/// Basic comes first. Its trials search the negatives, which all systems share, for the best MRR
/// (`shared_budget` of them); the others train with the best of these, and its run is what their
/// reductions are measured against. Systems without anything to search have one trial. A trial
/// without an MRR, because its training diverged for example, is on record as failed and worse than
/// every other; the search goes on.
///
/// Files in the directory, all kept up to date after every trial:
///   search.jsonl  first line: plan, data, demands, budget, objective; then one line a trial
///   tuned.toml    the plan with the best values found so far, to `kgaudit bench --plan`
///   weights.toml  these values alone, as the tables of a preset
///   trials/       the run of every trial with its record
/// Equal plans, demands and data give equal trials, interrupted or not (but see budget_seconds).
class Tuner {
 public:
  /// Loads the data, for their hashes. Throws InputError: usage if the directory holds a search and
  /// `resume` is off, if another process goes on with it, or if the plan has fewer seeds than a
  /// trial; not comparable if it holds another search or one of other data.
  Tuner(Plan plan, Parameters tuning, TuningOptions options, Progress& progress);

  /// Throws Interrupted after saving when the user asked to stop.
  void run();

  /// The search so far.
  [[nodiscard]] const reports::SearchRecord& search() const { return file_->record(); }
  /// The plan with each system's best values so far.
  [[nodiscard]] Plan tuned() const;
  [[nodiscard]] std::filesystem::path record() const { return record_in(options_.directory); }
  [[nodiscard]] std::filesystem::path tuned_plan() const {
    return options_.directory / "tuned.toml";
  }
  [[nodiscard]] std::filesystem::path weights() const {
    return options_.directory / "weights.toml";
  }

  [[nodiscard]] static std::filesystem::path record_in(const std::filesystem::path& directory) {
    return directory / "search.jsonl";
  }

 private:
  [[nodiscard]] reports::SearchLine search_line() const;
  [[nodiscard]] bool is_reference(const std::string& system) const {
    return system == systems_.front();
  }
  /// The table of a plan that holds what is searched with this system.
  [[nodiscard]] std::string table_of(const std::string& system) const;
  [[nodiscard]] const Parameters& parameters_of(const Plan& plan, const std::string& system) const;
  [[nodiscard]] std::vector<SearchAxis> axes_of(const std::string& system) const;
  [[nodiscard]] std::size_t budget_of(const std::string& system) const;
  /// The record's best trial of a system, if it has one that changes the plan.
  [[nodiscard]] const reports::TrialLine* best_change(const std::string& system) const;
  /// The plan with the values of a trial.
  void apply(const reports::TrialLine& trial, Plan& plan) const;
  /// Holds the trials of an earlier process against their runs' own records. Throws InputError
  /// (unreadable) for one that says something else.
  void check_earlier_trials(const std::string& system);
  void search_system(const std::string& system);
  /// Takes what the best trial of the reference measured as what all others are judged against.
  void read_reference();
  /// Trains and judges one point and puts it on record.
  void try_point(const std::string& system, std::span<const SearchAxis> axes,
                 const SearchPoint& point);
  void judge_trial(reports::TrialLine& trial, const Headline& headline);
  [[nodiscard]] Plan trial_plan(const std::string& system) const;
  void write_results() const;

  Plan plan_;
  Parameters tuning_;
  TuningOptions options_;
  Progress& progress_;
  PartRuns runs_;
  std::vector<std::string> systems_;  ///< the plan's, Basic first
  std::unique_ptr<reports::SearchRecordFile> file_;
  std::optional<Headline> basic_;
  std::uint64_t trials_of_this_process_ = 0;
  std::uint64_t trials_before_ = 0;  ///< of the systems that are finished, for progress
};

}  // namespace kgaudit::run
