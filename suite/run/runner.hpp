#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/progress.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/contestant.hpp"
#include "suite/run/early_stopping.hpp"
#include "suite/run/forecast.hpp"
#include "suite/run/job_options.hpp"
#include "suite/run/provenance.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/view_recorder.hpp"

namespace kgaudit::run {

struct RunOptions : JobOptions {
  /// Stop as if interrupted after so many epochs of this process (tests of resuming).
  std::optional<std::uint64_t> stop_after_epochs;
  /// By seed: train so many epochs and measure the last of them, whatever validation says. A part
  /// of a larger comparison, run on its own, is measured after the epoch that was decided there.
  std::map<std::uint64_t, std::uint32_t> measured_epochs = {};
  /// Measure also what a system with attribute vectors publishes as rows alone and as a whole. A
  /// search and the check of an older record need no such rows.
  bool releases = true;
  /// Hears of the data before anything is written or trained.
  std::function<void(const datasets::Dataset&)> data_loaded = {};
};

/// After which epoch a system was measured, by seed; what a record of an older program or of a
/// training that diverged does not say is not there.
[[nodiscard]] std::map<std::uint64_t, std::uint32_t> measured_epochs(
    const reports::RunRecord& record, const std::string& system);

/// Carries out a plan and puts every fact on record as soon as it is known:
///
///   dataset -> for each seed: trainings, their epochs in turns (A B C A B C ...), all stopped and
///              measured after the same epoch -> for each system: views -> times -> ranks ->
///              metrics -> record
///
/// Systems that only read Basic's table their own way share one training (trained_by).
///
/// A system that publishes attribute vectors has two more rows: "rows", ranked without any vector,
/// and "whole", in which probes and questions use all vectors. Metrics that would only repeat what
/// the system's own row says are not run again: their facts are copied, or left out where they say
/// nothing of the release (metrics::VectorUse).
///
/// A training that diverges is a result too, see divergence.hpp.
///
/// Equal plans on equal data give equal numbers (times and memory apart), for any number of threads
/// and whether or not the run was interrupted and resumed.
class Runner {
 public:
  Runner(Plan plan, RunOptions options, Progress& progress);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Runs to the end. Throws Interrupted after saving when the user asked to stop, and InputError
  /// for everything that is wrong with the plan, the data or the directory.
  void run();

  [[nodiscard]] const RunDirectory& directory() const { return directory_; }

 private:
  void open_record();
  void check_memory() const;
  /// Trains and measures what is not on record with the seed; whether there was anything.
  [[nodiscard]] bool run_seed(std::uint64_t seed);
  /// What earlier processes validated with the seed.
  void recall_validation(std::uint64_t seed);
  /// Sets `trainings_` too.
  [[nodiscard]] std::vector<Contestant> unfinished_contestants(std::uint64_t seed);
  /// The training of the current seed that goes by this system; nullptr if there is none.
  [[nodiscard]] std::shared_ptr<Training> training_called(const std::string& system) const;
  /// The training that serves the system, made if it is not there.
  [[nodiscard]] std::shared_ptr<Training> training_of(const std::string& system,
                                                      std::uint64_t seed);
  void train_in_turns(std::span<const Contestant> contestants);
  void train_one_epoch(Training& training, std::span<const Contestant> contestants);
  void validate(const Training& training, reports::EpochLine& line);
  /// After all trainings have done this epoch: whether it is the one to measure, and whether to
  /// stop.
  [[nodiscard]] bool stops_after(std::uint32_t epoch);
  /// Puts it on record.
  void tell_divergence(const std::string& system, std::uint64_t seed, std::uint64_t epoch);
  /// `own_seconds`: what the system did with the finished table before it could be measured.
  void record_times(const Contestant& contestant, double own_seconds);
  /// Warns of finished trainings whose rows were to be kept and were not.
  void tell_rows_not_kept() const;
  void keep_embeddings(const Contestant& contestant,
                       std::span<const models::ModelView> views) const;
  void record_epochs(const Contestant& contestant);
  void measure(Contestant& contestant);
  void save_all();
  /// The work of all seeds that is not on record.
  void expect_work();
  void foresee(std::uint64_t seed);
  [[nodiscard]] bool stop_wanted() const;

  Plan plan_;
  RunOptions options_;
  Progress& progress_;
  std::string plan_hash_;
  /// Read before the workers are bound to processors, which would hide the others.
  Fingerprint machine_;
  ThreadPool pool_;  ///< before the folder: threads that the system does not give leave none
  RunDirectory directory_;
  datasets::Dataset data_;
  /// The data as metrics see it, where only some persons are asked.
  std::optional<datasets::Dataset> measured_;
  datasets::KnownTriples known_;
  std::vector<datasets::Triple> validation_;
  std::vector<std::uint32_t> test_places_;  ///< of the test set, those that are ranked
  std::vector<datasets::Triple> test_;      ///< the triples there
  std::unique_ptr<reports::RunRecordFile> record_;
  std::unique_ptr<ViewRecorder> views_;
  std::vector<std::shared_ptr<Training>> trainings_;  ///< of the current seed
  /// Seconds of every epoch of the current seed, those of earlier processes included.
  EpochSeconds seconds_;
  std::map<std::string, double> validation_seconds_;  ///< of the current seed, by system
  /// Of the current seed: validation results of the system that decides, by epoch; what it made of
  /// them; whether it diverged, after which all epochs are trained.
  std::map<std::uint32_t, double> validated_;
  std::optional<EarlyStopping> stopping_;
  bool decider_diverged_ = false;
  std::uint64_t epochs_of_this_process_ = 0;
  std::uint64_t epochs_shown_ = 0;
  Forecast forecast_;
};

}  // namespace kgaudit::run
