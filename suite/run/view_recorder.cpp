#include "suite/run/view_recorder.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "metrics/ranking.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/compare/significance.hpp"
#include "suite/run/divergence.hpp"
#include "suite/run/raw_columns.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/view_facts.hpp"

namespace kgaudit::run {
ViewMeasurement ViewRecorder::measure_view(const MeasuredSystem& of,
                                           const models::ModelView& view) {
  ViewMeasurement measured;
  measured.ranks = rank(view);
  run_metrics(of, view, metrics::Release::kOwnRow, measured);
  return measured;
}

metrics::RankTable ViewRecorder::rank(const models::ModelView& view) {
  const auto begun = StageSeconds::Clock::now();
  metrics::RankTable ranks =
      metrics::rank_triples(view.scorer, at_.test, at_.known, at_.pool, at_.progress);
  seconds_.add_since("ranking", begun);
  return ranks;
}

ViewMeasurement ViewRecorder::measure_release(const MeasuredSystem& of,
                                              const models::ModelView& view,
                                              const ViewMeasurement& own,
                                              metrics::Release release) {
  ViewMeasurement measured;
  measured.of_rows = own.of_rows;
  if (release == metrics::Release::kWhole) {
    measured.ranks = own.ranks;
  } else {
    measured.ranks = rank(view);
    for (const auto& [id, output] : own.outputs) {
      if (metrics::find_measure(id).vectors == metrics::VectorUse::kAttacks) {
        measured.outputs[id] = output;  // of the rows alone already
      }
    }
  }
  run_metrics(of, view, release, measured);
  return measured;
}

void ViewRecorder::run_metrics(const MeasuredSystem& of, const models::ModelView& view,
                               metrics::Release release, ViewMeasurement& measured) {
  const std::string name = view.id.empty() ? of.system : fmt::format("{} [{}]", of.system, view.id);
  const metrics::MetricContext context{at_.data, view.scorer, measured.ranks,
                                       at_.pool, of.seed,     view.attribute.value_or(""),
                                       &memory_, release,     &measured.of_rows};
  const Stage stage(
      at_.progress,
      fmt::format("measuring {}, seed {}{}", name, of.seed, of.diverged ? ", which diverged" : ""),
      at_.plan.metrics.size());
  for (std::size_t i = 0; i < at_.plan.metrics.size(); ++i) {
    if (at_.stop_wanted()) throw Interrupted();
    const std::string& id = at_.plan.metrics[i];
    at_.progress.advance(i, id);
    const metrics::MetricEntry& metric = metrics::find_measure(id);
    const bool says_nothing =
        release != metrics::Release::kOwnRow && metric.vectors == metrics::VectorUse::kNone;
    if (says_nothing || measured.outputs.contains(id)) continue;
    const auto begun = StageSeconds::Clock::now();
    measured.outputs[id] = metric.measure(context, at_.plan.metric(id));
    seconds_.add_since(id, begun);
  }
}

std::vector<metrics::Fact> ViewRecorder::record_view(const MeasuredSystem& of,
                                                     const models::ModelView& view,
                                                     const ViewMeasurement& measured) {
  const auto begun = StageSeconds::Clock::now();
  std::vector<metrics::Fact> facts;
  std::vector<reports::RawColumn> raw = rank_columns(measured.ranks, at_.test_places);
  for (const std::string& id : at_.plan.metrics) {
    const auto output = measured.outputs.find(id);
    if (output == measured.outputs.end()) continue;
    std::ranges::copy(output->second.facts, std::back_inserter(facts));
    for (const metrics::RawSeries& series : output->second.raw) raw.push_back(raw_column(series));
  }
  if (!of.diverged) record_raw(of, view, raw);
  facts = recorded_facts(view, std::move(facts));
  record_facts(of, reports::row_of(view.id), facts);
  seconds_.add_since("writing", begun);
  return facts;
}

std::vector<metrics::Fact> ViewRecorder::record_rows(const MeasuredSystem& of,
                                                     const models::ModelView& view, bool releases) {
  const ViewMeasurement measured = measure_view(of, view);
  std::vector<metrics::Fact> facts = record_view(of, view, measured);
  if (!releases || view.scorer.attribute_vectors() == nullptr) return facts;
  KGA_REQUIRE(view.id.empty(), "vectors in the view '{}'", view.id);
  for (const auto release : {metrics::Release::kRows, metrics::Release::kWhole}) {
    const bool whole = release == metrics::Release::kWhole;
    const models::ModelView part{std::string(whole ? reports::kWhole : reports::kRowsAlone),
                                 std::nullopt, whole ? view.scorer : view.scorer.of_rows_alone()};
    record_view(of, part, measure_release(of, part, measured, release));
  }
  return facts;
}

void ViewRecorder::record_raw(const MeasuredSystem& of, const models::ModelView& view,
                              const std::vector<reports::RawColumn>& raw) {
  const std::string file = RunDirectory::raw_name(of.system, view.id, of.seed);
  const Digest digest = reports::write_raw_file(at_.root / file, raw);
  at_.record.append(reports::RawLine{of.system, view.id, of.seed, file, digest.hex(),
                                     "rank counts of the test triples and raw scores"});
}

void ViewRecorder::record_facts(const MeasuredSystem& of, const std::string& row,
                                std::vector<metrics::Fact> facts) {
  if (of.diverged) facts = without_values(std::move(facts), *of.diverged);
  for (metrics::Fact& fact : facts) {
    at_.record.append(reports::MeasurementLine{at_.plan_hash, of.system, row, of.seed,
                                               std::move(fact.metric), std::move(fact.facets),
                                               std::move(fact.measurement)});
  }
}

void ViewRecorder::record_table_hash(const MeasuredSystem& of,
                                     std::span<const models::ModelView> views) {
  Sha256 all;
  for (const models::ModelView& view : views) {
    all.add(view.id);
    all.add(view.scorer.table().digest().hex());
  }
  at_.record.append(reports::TableHashLine{of.system, of.seed, all.finish().hex()});
}

void record_significance(const Plan& plan, const std::filesystem::path& root,
                         reports::RunRecordFile& record, ThreadPool& pool, Progress& progress) {
  const reports::RunRecord so_far = reports::read_record(RunDirectory::record_in(root));
  require_raw_files(so_far, root);
  const Stage stage(progress, "comparing systems", 1);
  // An interrupted or finished run has some of these facts already; to the same bits.
  std::vector<reports::MeasurementLine> earlier = so_far.measurements;
  std::erase_if(earlier, [](const auto& line) { return !is_significance(line.metric); });
  for (reports::MeasurementLine& line :
       significance_facts(so_far, root, statistics_of(plan.statistics()), pool)) {
    if (std::find(earlier.begin(), earlier.end(), line) == earlier.end()) {
      record.append(std::move(line));
    }
  }
}

}  // namespace kgaudit::run
