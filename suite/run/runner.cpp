#include "suite/run/runner.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "metrics/metric.hpp"
#include "metrics/ranking.hpp"
#include "models/training/system.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/run/divergence.hpp"
#include "suite/run/epoch_times.hpp"
#include "suite/run/kept_embeddings.hpp"
#include "suite/run/left_out_values.hpp"
#include "suite/run/memory_estimate.hpp"
#include "suite/run/ranked_triples.hpp"
#include "suite/run/ranking_finding.hpp"
#include "suite/run/run_line.hpp"
#include "suite/run/selection_data.hpp"
#include "suite/run/view_facts.hpp"

namespace kgaudit::run {
namespace {

RunDirectory open_directory(const Plan& plan, const RunOptions& options) {
  const auto start = options.resume ? RunDirectory::Start::kResume : RunDirectory::Start::kFresh;
  return {job_directory(plan, options), plan, start};
}

double filtered_mrr(const metrics::RankTable& ranks) {
  double sum = 0.0;
  for (const auto* side : {&ranks.filtered_head, &ranks.filtered_tail}) {
    for (const metrics::RankCounts& counts : *side) {
      sum += 1.0 / metrics::rank_of(counts, metrics::TiePolicy::kRealistic);
    }
  }
  return sum / static_cast<double>(2 * ranks.triples.size());
}

// The kinds of work that a forecast tells apart.
constexpr const char* kEpoch = "training";
constexpr const char* kMeasuring = "measuring";
constexpr const char* kTests = "tests";
constexpr auto kTellEvery = std::chrono::seconds(1);  // of an epoch that is under way

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

MeasuredSystem measured_system(const Contestant& contestant) {
  return {contestant.system(), contestant.seed(), contestant.diverged()};
}

reports::EpochLine epoch_line(const Training& training, const models::EpochReport& report) {
  reports::EpochLine line;
  line.system = training.system();
  line.seed = training.seed();
  line.round = report.epoch;
  line.epoch = report.epoch;
  line.seconds = report.seconds;
  for (const auto& [name, value] : report.losses) {
    if (std::isfinite(value)) line.terms[name] = value;
  }
  // The first loss is the one that all systems share; sums of terms with weights do not compare.
  if (!report.losses.empty() && std::isfinite(report.losses.front().second)) {
    line.loss = report.losses.front().second;
  }
  return line;
}

}  // namespace

std::map<std::uint64_t, std::uint32_t> measured_epochs(const reports::RunRecord& record,
                                                       const std::string& system) {
  std::map<std::uint64_t, std::uint32_t> epochs;
  for (const reports::MeasurementLine& line : record.measurements) {
    if (line.metric != reports::kTrainedEpochs.metric || line.system != system) continue;
    if (line.measurement.defined()) {
      epochs[line.seed] = static_cast<std::uint32_t>(line.measurement.value());
    }
  }
  return epochs;
}

Runner::Runner(Plan plan, RunOptions options, Progress& progress)
    : plan_(std::move(plan)),
      options_(std::move(options)),
      progress_(progress),
      plan_hash_(plan_hash(plan_).hex()),
      machine_(machine_fingerprint()),
      pool_(worker_threads(plan_), plan_.timing().flag("pin_threads")),
      directory_(open_directory(plan_, options_)) {}

Runner::~Runner() = default;

void Runner::run() {
  const auto begun = StageSeconds::Clock::now();
  for (const std::string& doubt : timing_doubts(pool_.threads())) progress_.warn(doubt);
  try {
    data_ = prepared_data(load_dataset(plan_, options_.mirror, progress_), plan_.evaluation());
    check_memory();
    if (options_.data_loaded) options_.data_loaded(data_);
    if (!options_.resume) require_trainable(plan_, plan_.systems, data_, pool_);
    measured_ = asked_of_some(data_, plan_.evaluation().text("persons"));
    known_ = known_triples(data_);
    validation_ = validation_triples(data_, plan_.evaluation());
    test_places_ = test_places(data_.graph, plan_.evaluation());
    for (const std::uint32_t place : test_places_) test_.push_back(data_.graph.test()[place]);
  } catch (...) {
    // Wrong data, or the user stopped: there is nothing to go on with.
    directory_.abandon();
    throw;
  }
  open_record();
  expect_work();
  StageSeconds once;
  once.add_since("reading data", begun);
  bool measured_any = false;
  for (const std::uint64_t seed : plan_.seeds) measured_any |= run_seed(seed);
  foresee(plan_.seeds.back());
  const auto tests_begun = StageSeconds::Clock::now();
  record_significance(plan_, directory_.root(), *record_, pool_, progress_);
  once.add_since("tests between systems", tests_begun);
  if (!measured_any) return;  // resumed, and there was nothing left to do
  views_->record_facts({plan_.systems.front(), plan_.seeds.front()}, "", once.take_facts("run"));
}

void Runner::check_memory() const {
  const MemoryEstimate estimate = memory_estimate(plan_, data_);
  if (options_.max_memory) return require_memory(estimate, *options_.max_memory);
  const std::uint64_t there = machine_memory();
  if (there == 0 || estimate.total() <= there) return;
  progress_.warn(
      fmt::format("this run is estimated to hold {}; the machine has {}; what may help: {}",
                  estimate.in_words(), bytes_text(there), estimate.advice(there)));
}

void Runner::open_record() {
  using Start = reports::RunRecordFile::Start;
  if (options_.resume && !std::filesystem::exists(directory_.record())) {
    progress_.warn(
        fmt::format("nothing to resume in {}: a new run begins", directory_.root().string()));
  }
  record_ = std::make_unique<reports::RunRecordFile>(
      directory_.record(), run_line(plan_, data_, machine_, options_.started),
      options_.resume ? Start::kResume : Start::kFresh);
  views_ = std::make_unique<ViewRecorder>(ViewSurroundings{
      plan_, plan_hash_, measured_ ? *measured_ : data_, known_, test_, test_places_, pool_,
      progress_, *record_, directory_.root(), [this] { return stop_wanted(); }});
  for (const std::string& notice : record_->earlier().notices) progress_.warn(notice);
  if (options_.keep_embeddings) tell_rows_not_kept();
  if (!record_->earlier().findings.empty()) return;
  for (reports::FindingLine& finding : left_out_values(plan_, data_)) {
    record_->append(std::move(finding));
  }
  for (const datasets::IntegrityFinding& finding : data_.integrity.findings) {
    const reports::FindingLine line = integrity_line(finding);
    record_->append(line);
    if (finding.id == "shared_triples" || finding.id == "placeholder_values") {
      progress_.warn(fmt::format("{}, {}: {}", line.check, line.subject, line.message));
    }
  }
}

void Runner::tell_rows_not_kept() const {
  std::set<std::pair<std::string, std::uint64_t>> gone;
  for (const reports::RawLine& raw : record_->earlier().raw) {
    const bool release = raw.view == reports::kRowsAlone || raw.view == reports::kWhole;
    if (release || !record_->earlier().is_done(raw.system, raw.seed)) continue;
    if (!std::filesystem::exists(directory_.embedding(raw.system, raw.view, raw.seed))) {
      gone.emplace(raw.system, raw.seed);
    }
  }
  if (gone.empty()) return;
  progress_.warn(fmt::format(
      "{} training(s) of {} ended without --keep-embeddings; their rows are gone, and are not kept "
      "now; to have them, train again: without --resume, with another --out",
      gone.size(), directory_.root().string()));
}

bool Runner::run_seed(std::uint64_t seed) {
  std::vector<Contestant> contestants = unfinished_contestants(seed);
  if (contestants.empty()) return false;
  recall_validation(seed);
  train_in_turns(contestants);
  for (auto contestant = contestants.begin(); contestant != contestants.end(); ++contestant) {
    const auto begun = std::chrono::steady_clock::now();
    measure(*contestant);
    const Training* done = &contestant->training();
    const bool last = std::none_of(contestant + 1, contestants.end(), [&](const Contestant& later) {
      return &later.training() == done;
    });
    if (last) done->forget_checkpoints();
    forecast_.done({kMeasuring, contestant->system()}, seconds_since(begun));
    foresee(seed);
  }
  return true;
}

void Runner::expect_work() {
  const std::uint64_t epochs = plan_.training().count("epochs");
  const reports::RunRecord& earlier = record_->earlier();
  for (const std::uint64_t seed : plan_.seeds) {
    std::set<std::string> trained;
    for (const std::string& system : plan_.systems) {
      if (earlier.is_done(system, seed)) continue;
      if (trained.insert(trained_by(plan_.systems, system)).second) {
        forecast_.expect({kEpoch, trained_by(plan_.systems, system)}, epochs);
      }
      forecast_.expect({kMeasuring, system}, 1);
    }
  }
  // Once for all seeds, at the end: nothing tells beforehand how long they take.
  forecast_.expect({kTests, ""}, 1);
}

void Runner::foresee(std::uint64_t seed) {
  Outlook outlook = forecast_.outlook();
  const auto place = std::ranges::find(plan_.seeds, seed) - plan_.seeds.begin();
  outlook.where = fmt::format("seed {} of {}", place + 1, plan_.seeds.size());
  progress_.foresee(outlook);
}

void Runner::recall_validation(std::uint64_t seed) {
  const std::string decider = deciding_system(plan_.systems);
  stopping_.emplace(plan_.evaluation(),
                    static_cast<std::uint32_t>(plan_.training().count("epochs")));
  decider_diverged_ = divergence_on_record(record_->earlier(), decider, seed).has_value();
  validated_.clear();
  // A crash may have left lines of epochs after the checkpoint; done again they give the same.
  for (const reports::EpochLine& line : record_->earlier().epochs) {
    if (line.system != decider || line.seed != seed) continue;
    const auto mrr = line.terms.find(kValidationTerm);
    if (mrr != line.terms.end()) validated_[static_cast<std::uint32_t>(line.epoch)] = mrr->second;
  }
}

std::vector<Contestant> Runner::unfinished_contestants(std::uint64_t seed) {
  const reports::RunRecord& earlier = record_->earlier();
  std::vector<Contestant> contestants;
  trainings_.clear();
  seconds_.clear();
  validation_seconds_.clear();
  for (const std::string& system : plan_.systems) {
    if (earlier.is_done(system, seed)) continue;
    std::shared_ptr<Training> training = training_of(system, seed);
    if (training->system() == system) {
      contestants.emplace_back(std::move(training));
      continue;
    }
    contestants.emplace_back(
        system, std::move(training),
        models::make_system(models::find_system(system), data_, plan_.training(),
                            plan_.system(system), seed, pool_));
    if (auto reason = divergence_on_record(earlier, system, seed)) {
      contestants.back().diverge(std::move(*reason));
    }
  }
  for (const reports::EpochLine& line : earlier.epochs) {
    if (line.seed != seed) continue;
    const std::shared_ptr<Training> unfinished = training_called(line.system);
    if (unfinished && !unfinished->diverged() && line.epoch > unfinished->trainer().epochs_done()) {
      continue;
    }
    seconds_[line.system].push_back(line.seconds);
    if (unfinished) forecast_.done({kEpoch, line.system}, line.seconds);
  }
  return contestants;
}

std::shared_ptr<Training> Runner::training_called(const std::string& system) const {
  const auto found = std::ranges::find(trainings_, system,
                                       [](const auto& training) { return training->system(); });
  return found == trainings_.end() ? nullptr : *found;
}

std::shared_ptr<Training> Runner::training_of(const std::string& system, std::uint64_t seed) {
  const std::string by = trained_by(plan_.systems, system);
  if (auto there = training_called(by)) return there;
  trainings_.push_back(std::make_shared<Training>(plan_, data_, models::find_system(by), seed,
                                                  pool_, directory_, record_->earlier()));
  return trainings_.back();
}

void Runner::train_in_turns(std::span<const Contestant> contestants) {
  const std::size_t epochs = plan_.training().count("epochs");
  const std::size_t checkpoint_every = plan_.execution().count("checkpoint_every");
  const Stage stage(progress_, fmt::format("training, seed {}", contestants.front().seed()),
                    epochs * trainings_.size());
  epochs_shown_ = 0;
  for (const auto& training : trainings_) epochs_shown_ += training->trainer().epochs_done();

  // A resumed training may be a turn behind the others; it catches up because a turn has a number.
  for (std::uint32_t turn = 1; turn <= epochs; ++turn) {
    for (const auto& training : trainings_) {
      if (training->over() || training->trainer().epochs_done() >= turn) continue;
      train_one_epoch(*training, contestants);
      if (checkpoint_every > 0 && turn % checkpoint_every == 0) training->save();
      if (stop_wanted()) {
        save_all();
        throw Interrupted();
      }
    }
    if (stops_after(turn)) break;
  }
  for (const auto& training : trainings_) {
    forecast_.drop({kEpoch, training->system()}, epochs - training->trainer().epochs_done());
  }
  save_all();
}

bool Runner::stops_after(std::uint32_t epoch) {
  const auto given = options_.measured_epochs.find(trainings_.front()->seed());
  if (given != options_.measured_epochs.end()) return epoch >= given->second;
  const auto result = validated_.find(epoch);
  if (result == validated_.end()) return false;
  if (stopping_->observe(epoch, result->second)) {
    for (const auto& training : trainings_) {
      // One that was resumed from a later epoch kept this one when it was there.
      if (!training->diverged() && training->trainer().epochs_done() == epoch) training->keep();
    }
  }
  return stopping_->exhausted();
}

void Runner::train_one_epoch(Training& training, std::span<const Contestant> contestants) {
  const auto begun = std::chrono::steady_clock::now();
  auto told = begun;
  const auto tell = [&](double share) {
    const auto now = std::chrono::steady_clock::now();
    if (now - told < kTellEvery) return;
    told = now;
    forecast_.under_way({kEpoch, training.system()}, share, seconds_since(begun));
    foresee(training.seed());
    progress_.advance(epochs_shown_,
                      fmt::format("{} epoch {}, {:.0f} % of it", training.system(),
                                  training.trainer().epochs_done() + 1, std::floor(100.0 * share)));
  };
  const models::EpochReport report = training.trainer().run_epoch(tell);
  ++epochs_of_this_process_;
  reports::EpochLine line = epoch_line(training, report);
  const bool due = stopping_->due(report.epoch) && !validation_.empty() &&
                   !options_.measured_epochs.contains(training.seed());
  if (due && !report.diverged) {
    const auto validation_begun = std::chrono::steady_clock::now();
    validate(training, line);
    validation_seconds_[line.system] += seconds_since(validation_begun);
  }
  seconds_[line.system].push_back(line.seconds);
  record_->append(line);
  if (report.diverged) {
    training.diverge(divergence_reason(report.epoch));
    for (const Contestant& contestant : contestants) {
      if (&contestant.training() != &training) continue;
      tell_divergence(contestant.system(), contestant.seed(), report.epoch);
    }
  }
  forecast_.done({kEpoch, line.system}, seconds_since(begun));
  foresee(training.seed());
  progress_.advance(++epochs_shown_,
                    fmt::format("{} epoch {}{}", line.system, line.epoch,
                                line.loss ? fmt::format(", loss {:.4f}", *line.loss) : ""));
}

void Runner::tell_divergence(const std::string& system, std::uint64_t seed, std::uint64_t epoch) {
  const reports::FindingLine finding = divergence_finding(system, seed, epoch);
  record_->append(finding);
  if (system == deciding_system(plan_.systems)) decider_diverged_ = true;
  progress_.warn(fmt::format("{}: {}", finding.subject, finding.message));
}

void Runner::validate(const Training& training, reports::EpochLine& line) {
  Progress silent;  // a stage of its own would replace the training's
  const std::vector<models::ModelView> views = training.trainer().publish();
  const double mrr =
      filtered_mrr(metrics::rank_triples(views.front().scorer, validation_, known_, pool_, silent));
  line.terms[kValidationTerm] = mrr;
  if (line.system == deciding_system(plan_.systems)) {
    validated_[static_cast<std::uint32_t>(line.epoch)] = mrr;
  }
}

void Runner::record_times(const Contestant& contestant, double own_seconds) {
  const std::string reference(models::reference_system().id);
  const std::size_t warm_up = plan_.timing().count("warm_up_epochs");
  std::vector<double> seconds = seconds_[contestant.training().system()];
  std::vector<metrics::Fact> facts;
  if (contestant.only_reads()) {
    facts.push_back({std::string(reports::kOwnStep.metric),
                     {{"trained_by", contestant.training().system()}},
                     Measurement::of(own_seconds, 1, "s", Direction::kLower)});
    for (double& epoch : seconds) epoch += own_seconds / static_cast<double>(seconds.size());
  }
  for (metrics::Fact& fact : epoch_time_facts(seconds, warm_up)) facts.push_back(std::move(fact));
  if (const auto of_reference = seconds_.find(reference); of_reference != seconds_.end()) {
    metrics::Fact ratio = {fmt::format("time.ratio_to_{}", reference),
                           {},
                           epoch_time_ratio(seconds, of_reference->second, warm_up)};
    const std::shared_ptr<Training> training = training_called(reference);
    const auto diverged =
        training ? training->diverged()
                 : divergence_on_record(record_->earlier(), reference, contestant.seed());
    if (diverged) {
      ratio.measurement = Measurement::undefined(fmt::format("{} {}", reference, *diverged), 0, "",
                                                 Direction::kLower);
    }
    facts.push_back(std::move(ratio));
  }
  // One process trains all systems of the seed, so this is the peak of them together.
  facts.push_back(
      {"memory.peak",
       {{"scope", "process"}},
       Measurement::of(static_cast<double>(peak_memory()), 1, "bytes", Direction::kLower)});
  views_->record_facts(measured_system(contestant), "", std::move(facts));
}

void Runner::measure(Contestant& contestant) {
  Training& training = contestant.training();
  std::vector<models::ModelView> views;
  double own_seconds = 0.0;
  if (!contestant.diverged()) {
    if (const auto best = stopping_->best_epoch(); best && !decider_diverged_) {
      training.return_to(*best);
    }
    const auto begun = std::chrono::steady_clock::now();
    views = contestant.publish();
    own_seconds = seconds_since(begun);
    views_->seconds().add("publishing", own_seconds);
    // What a system makes of a finite table, a filter say, may still not be finite.
    if (!std::ranges::all_of(views, [](const auto& view) { return view.scorer.finite(); })) {
      const std::uint32_t epoch = training.trainer().epochs_done();
      contestant.diverge(divergence_reason(epoch));
      tell_divergence(contestant.system(), contestant.seed(), epoch);
    }
  }
  record_times(contestant, own_seconds);
  std::optional<models::Trainer> untrained;
  if (contestant.diverged()) {
    untrained.emplace(data_, models::find_system(contestant.system()), plan_.training(),
                      plan_.system(contestant.system()), contestant.seed(), pool_);
    views = untrained->publish();
  } else {
    views_->record_table_hash(measured_system(contestant), views);
    if (options_.keep_embeddings) keep_embeddings(contestant, views);
  }
  record_epochs(contestant);
  const auto validation = validation_seconds_.find(contestant.system());
  if (validation != validation_seconds_.end()) {
    views_->seconds().add("validation", validation->second);
  }
  std::map<std::string, std::vector<std::vector<metrics::Fact>>> facts_of_rows;
  const MeasuredSystem of = measured_system(contestant);
  for (const models::ModelView& view : views) {
    facts_of_rows[reports::row_of(view.id)].push_back(
        views_->record_rows(of, view, options_.releases));
  }
  for (const auto& [row, facts_of_views] : facts_of_rows) {
    const std::vector<metrics::Fact> means = means_over_views(facts_of_views);
    views_->record_facts(of, row, means);
    if (contestant.diverged()) continue;
    // A row of one view is that view.
    const auto& facts = facts_of_views.size() == 1 ? facts_of_views.front() : means;
    if (const auto finding = ranking_finding(of.system, row, of.seed, facts)) {
      record_->append(*finding);
      progress_.warn(fmt::format("{}: {}", finding->subject, finding->message));
    }
  }
  // Time was spent on a training that diverged, too.
  views_->record_facts({of.system, of.seed}, "", views_->seconds().take_facts("system"));
  record_->append(reports::DoneLine{contestant.system(), contestant.seed()});
}

void Runner::keep_embeddings(const Contestant& contestant,
                             std::span<const models::ModelView> views) const {
  for (const models::ModelView& view : views) {
    keep_embedding(embedding_of(view, data_, plan_, contestant.system(), contestant.seed()),
                   directory_.embedding(contestant.system(), view.id, contestant.seed()));
  }
}

void Runner::record_epochs(const Contestant& contestant) {
  views_->record_facts(
      measured_system(contestant), "",
      {{std::string(reports::kTrainedEpochs.metric),
        {},
        Measurement::of(static_cast<double>(contestant.training().trainer().epochs_done()), 1,
                        "epochs", Direction::kDescriptive)}});
}

void Runner::save_all() {
  for (const auto& training : trainings_) training->save();
}

bool Runner::stop_wanted() const {
  return progress_.stop_requested() ||
         (options_.stop_after_epochs && epochs_of_this_process_ >= *options_.stop_after_epochs);
}

}  // namespace kgaudit::run
