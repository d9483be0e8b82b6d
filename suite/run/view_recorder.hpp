#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/metric.hpp"
#include "models/training/trainer.hpp"
#include "reports/record/raw_store.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/progress.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/stage_seconds.hpp"

namespace kgaudit::run {

/// What was found out about one view.
struct ViewMeasurement {
  metrics::RankTable ranks;
  std::map<std::string, metrics::MetricOutput> outputs;  ///< by metric
  metrics::Memory of_rows;  ///< what is the same in every release of the system
};

/// Whose view is measured.
struct MeasuredSystem {
  std::string system;
  std::uint64_t seed = 0;
  /// Why its facts have no values (see divergence.hpp); nothing if they have.
  std::optional<std::string> diverged = {};
};

/// What all views of a job are measured with. Everything outlives the recorder.
struct ViewSurroundings {
  const Plan& plan;
  const std::string& plan_hash;
  const datasets::Dataset& data;  ///< as metrics see it
  const datasets::KnownTriples& known;
  std::span<const datasets::Triple> test;
  std::span<const std::uint32_t>
      test_places;  ///< where in the test set the triples of `test` stand
  ThreadPool& pool;
  Progress& progress;
  reports::RunRecordFile& record;
  std::filesystem::path root;  ///< of the job's folder
  std::function<bool()> stop_wanted;
};

/// Measures views with the metrics of a plan and puts their facts and raw columns on record: the
/// part of a run that does not care where the rows come from.
class ViewRecorder {
 public:
  explicit ViewRecorder(ViewSurroundings surroundings) : at_(std::move(surroundings)) {}

  /// Ranks and metrics of a view in a row of its own. Throws Interrupted when a stop is wanted.
  [[nodiscard]] ViewMeasurement measure_view(const MeasuredSystem& of,
                                             const models::ModelView& view);
  /// One release by itself, from what the system's own row has already and what differs from it.
  [[nodiscard]] ViewMeasurement measure_release(const MeasuredSystem& of,
                                                const models::ModelView& view,
                                                const ViewMeasurement& own,
                                                metrics::Release release);
  /// Puts raw columns and facts on record, metrics in the order of the plan. Returns the facts.
  std::vector<metrics::Fact> record_view(const MeasuredSystem& of, const models::ModelView& view,
                                         const ViewMeasurement& measured);
  /// Measures a view and puts it on record: its own row and, with `releases`, the rows of what a
  /// system with attribute vectors publishes, the rows alone and the whole. Returns the facts of
  /// its own row.
  std::vector<metrics::Fact> record_rows(const MeasuredSystem& of, const models::ModelView& view,
                                         bool releases);
  void record_facts(const MeasuredSystem& of, const std::string& row,
                    std::vector<metrics::Fact> facts);
  /// One hash over the tables of all views.
  void record_table_hash(const MeasuredSystem& of, std::span<const models::ModelView> views);
  /// The time of ranking, of each metric and of writing since it was last taken from here.
  [[nodiscard]] StageSeconds& seconds() { return seconds_; }

 private:
  [[nodiscard]] metrics::RankTable rank(const models::ModelView& view);
  /// Runs the metrics that say something of the release and have no output yet.
  void run_metrics(const MeasuredSystem& of, const models::ModelView& view,
                   metrics::Release release, ViewMeasurement& measured);
  void record_raw(const MeasuredSystem& of, const models::ModelView& view,
                  const std::vector<reports::RawColumn>& raw);

  ViewSurroundings at_;
  metrics::Memory memory_;  ///< for all systems
  StageSeconds seconds_;
};

/// Compares the finished systems of a record as the plan's table `statistics` says and appends the
/// facts that are not there yet, to the same bits.
void record_significance(const Plan& plan, const std::filesystem::path& root,
                         reports::RunRecordFile& record, ThreadPool& pool, Progress& progress);

}  // namespace kgaudit::run
