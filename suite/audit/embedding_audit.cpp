#include "suite/audit/embedding_audit.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/people_dataset.hpp"
#include "metrics/metric.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "models/embedding/foreign/embedding_format.hpp"
#include "models/scoring/link_scorer.hpp"
#include "reports/record/rows.hpp"
#include "suite/audit/wanted_rows.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/compare/significance.hpp"
#include "suite/plan/audit_plan.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/run/kept_embeddings.hpp"
#include "suite/run/left_out_values.hpp"
#include "suite/run/ranked_triples.hpp"
#include "suite/run/ranking_finding.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/run_line.hpp"
#include "suite/run/selection_data.hpp"
#include "suite/run/view_facts.hpp"
#include "suite/run/view_recorder.hpp"

namespace kgaudit::run {
namespace {

namespace fs = std::filesystem;
using models::ForeignEmbedding;

/// Probes see rows and never score a triple: any score will do.
constexpr std::string_view kAnyScore = "transe-dot";
constexpr std::string_view kWordAssociation = "word_association";
/// The smallest group that most measures look at, and how many smaller ones a finding lists.
constexpr std::size_t kUsualMinGroup = 10;
constexpr std::size_t kListedGroups = 50;

std::string hash_of_files(const std::vector<SourceFile>& files) {
  Sha256 all;
  for (const SourceFile& file : files) all.add(file.sha256);
  return all.finish().hex();
}

std::string_view level_of(models::Finding::Weight weight) {
  switch (weight) {
    case models::Finding::Weight::kError:
      return "error";
    case models::Finding::Weight::kWarning:
      return "warning";
    case models::Finding::Weight::kNote:
      break;
  }
  return "note";
}

/// The table with so many entities: rows of zeros behind its own, or without the last ones.
std::shared_ptr<models::EmbeddingTable> with_entities(const models::EmbeddingTable& table,
                                                      std::size_t count) {
  auto changed = std::make_shared<models::EmbeddingTable>();
  changed->entities = models::FloatTable(count, table.dimension());
  changed->relations = table.relations;
  changed->reciprocal = table.reciprocal;
  for (std::size_t e = 0; e < std::min(count, table.entities.rows()); ++e) {
    std::ranges::copy(table.entities.values(e), changed->entities.row(e));
  }
  return changed;
}

/// One audit. It lives for one call of audit_embedding.
class Auditor {
 public:
  Auditor(const Plan& plan, const AuditRequest& request, const JobOptions& job, Progress& progress)
      : plan_(plan),
        request_(request),
        job_(job),
        progress_(progress),
        place_(request.embedding.string()),
        audit_(audit_parameters()),
        machine_(machine_fingerprint()),
        pool_(worker_threads(plan)) {
    pool_.heed(progress);
    result_.name = name_of_embedding(request.embedding);
  }

  EmbeddingAudit run() {
    read();
    find_persons();
    known_ = known_triples(data_);
    choose_reading();
    rows_ = {};  // the scorer has its own
    settle_plan();
    measure();
    return std::move(result_);
  }

 private:
  /// Whether the model can be asked about relations.
  [[nodiscard]] bool linked() const { return !embedding_.relations.empty(); }

  void read() {
    models::ReadOptions reading = request_.reading;
    if (!request_.persons.people.empty()) {
      people_ = datasets::read_people(request_.persons.people,
                                      datasets::people_options(request_.persons.people_parameters));
    }
    if (request_.persons.with_dataset) whole_ = load_dataset(plan_, job_.mirror, progress_);
    want_rows();
    reading.keep = [this](std::string_view name) { return wanted_->add(name); };
    embedding_ = models::read_foreign_embedding(request_.embedding, reading, progress_);
    if (request_.persons.with_dataset && linked() && !request_.rows_only) {
      // Answers are ranked against all rows.
      const bool all_there = embedding_.rows_left == 0;
      wanted_.reset();
      reading.keep = {};
      if (!all_there) {
        embedding_ = models::read_foreign_embedding(request_.embedding, reading, progress_);
      }
    }
    row_count_ = embedding_.entities.rows() + embedding_.rows_left;
    if (request_.rows_only && linked()) {
      warn("relations_left_aside",
           "Relations were left aside (--rows-only): what the model answers was not asked, and no "
           "known triple checked that these names belong to these rows.");
    }
    if (request_.rows_only || !request_.persons.with_dataset) {
      relations_aside_ = linked();
      embedding_.relations.clear();
    }
    MemoryBudget budget(request_.reading.max_memory);
    rows_ = foreign_rows(embedding_, place_, budget, wanted_rows());
    audit_.set("files", std::string_view(hash_of_files(embedding_.files)), "audit");
    audit_.set("embedding", std::string_view(place_), "audit");
  }

  void want_rows() {
    std::span<const std::string> entities;
    if (whole_) entities = whole_->graph.entities().names();
    wanted_.emplace(people_, datasets::people_matching(request_.persons.people_parameters),
                    entities);
  }

  /// The rows that are wanted, where the reader has not left out the others. Names become those of
  /// these rows.
  std::optional<std::vector<std::uint64_t>> wanted_rows() {
    std::vector<std::string>& names = embedding_.entity_names;
    if (!wanted_ || wanted_->seen() > 0 || names.empty()) return std::nullopt;
    for (const std::string& name : names) wanted_->add(name);
    std::size_t next = 0;
    for (const std::uint64_t row : wanted_->kept()) {
      if (next != row) names[next] = std::move(names[row]);
      ++next;
    }
    names.resize(next);
    return wanted_->kept();
  }

  void find_persons() {
    const PersonSources& sources = request_.persons;
    if (whole_ && embedding_.origin) whole_ = data_of_run(*std::move(whole_));
    PersonsOfRows found =
        persons_of_rows({embedding_, embedding_.entity_names, std::move(whole_), std::move(people_),
                         wanted_ ? &*wanted_ : nullptr, result_.name, place_},
                        sources);
    whole_.reset();
    wanted_.reset();
    for (MatchedNames& one : found.matched) say(std::move(one.check), std::move(one.sentence));
    for (std::string& sentence : found.replaced) result_.matched.push_back(std::move(sentence));
    data_ = std::move(found.data);
    graph_hash_ = std::move(found.graph_hash);
    entity_rows_ = std::move(found.entity_rows);
    relation_rows_ = std::move(found.relation_rows);
    if (!sources.people.empty()) {
      audit_.set("people_file", std::string_view(sources.people.string()), "audit");
      audit_.set("people", std::string_view(sha256_of_file(sources.people).hex()), "audit");
    }
    std::string options;
    for (const auto& [name, value] : sources.people_parameters.entries()) {
      if (Parameters(datasets::people_parameters()).value(name) == value) continue;
      options += fmt::format("{}{}={}", options.empty() ? "" : " ", name, value_text(value));
    }
    audit_.set("people_options", std::string_view(options), "audit");
    for (const datasets::PersonAttribute& attribute : data_.attributes.sensitive()) {
      const std::string small = datasets::small_groups_text(
          data_, attribute, request_.min_group.value_or(kUsualMinGroup), kListedGroups);
      if (!small.empty())
        findings_.push_back({"note", "small_groups", attribute.id(), small + "."});
    }
  }

  /// The data as the run that the rows come from had them, where they are the same; else as they
  /// are.
  datasets::Dataset data_of_run(datasets::Dataset whole) {
    datasets::Dataset prepared = prepared_data(whole, plan_.evaluation());
    own_ = prepared.graph.digest().hex() == embedding_.origin->graph_hash &&
           prepared.graph.entities().names() == embedding_.entity_names &&
           prepared.graph.relations().names() == embedding_.relation_names;
    if (own_) return prepared;
    warn("other_data",
         fmt::format("These are not the data of the run that the rows come from ({}, seed {}), or "
                     "not all of its rows: figures are not those of its record.",
                     embedding_.origin->system, embedding_.origin->seed));
    return whole;
  }

  void choose_reading() {
    width_ = rows_.entities.width();
    const RowsOfGraph graph{entity_rows_, relation_rows_};
    if (!linked()) {
      scorer_.emplace(table_of(rows_, {}, graph), models::find_score(kAnyScore).function());
      return;
    }
    const std::vector<Reading> readings = readings_of(embedding_, place_);
    if (readings.empty()) {
      throw InputError::usage(
          place_,
          fmt::format("{} numbers an entity and {} a relation, which no score "
                      "here takes",
                      rows_.entities.width(), rows_.relations.front().rows.width()),
          "TransE, DistMult, ComplEx or RotatE",
          "--model with its name; --rows-only measures the rows without asking relations");
    }
    Reading chosen = readings.front();
    if (request_.checked_triples > 0 && !data_.graph.train().empty()) {
      result_.check = self_check(rows_, readings, graph, data_.graph, known_,
                                 request_.checked_triples, pool_, progress_);
      // The graph and the names are those of the run, whatever its system has learned.
      if (!request_.accept_names && !own_) require_fit(*result_.check, place_);
      chosen = result_.check->best().reading;
      const ReadingFit* next = result_.check->next();
      const ReadingFit& best = result_.check->best();
      if (!best.above_chance()) {
        progress_.warn(fmt::format(
            "{}: known triples rank no better than chance: the model has learned nothing, or these "
            "names do not belong to these rows",
            result_.name));
      }
      findings_.push_back({best.above_chance() ? "note" : "warning", "reading", result_.name,
                           result_.check->in_words() + "."});
      if (next != nullptr && best.knowledge() - next->knowledge() < 2.0 * best.error) {
        warn("doubtful_reading",
             fmt::format("{} fits nearly as well as {}: say which it is with --model, --norm, "
                         "--normalise or --layout.",
                         next->reading.in_words(), best.reading.in_words()));
      }
    } else if (readings.size() > 1) {
      warn("unchecked_reading",
           fmt::format("{} readings fit the shapes, and no known triple told them apart: {} is a "
                       "guess.",
                       readings.size(), chosen.in_words()));
    }
    reading_ = chosen.in_words();
    audit_.set("reading", std::string_view(reading_), "audit");
    audit_.set("checked_triples",
               ParameterValue(static_cast<std::int64_t>(request_.checked_triples)), "audit");
    MemoryBudget budget(request_.reading.max_memory);
    scorer_.emplace(
        table_of(rows_, chosen, graph), models::find_score(chosen.score.score).function(),
        own_ ? attribute_vectors_of(embedding_, data_, entity_rows_, place_, budget) : nullptr);
  }

  /// One sentence for all that is left out for the same reason.
  void say_what_is_not_measured() {
    std::vector<std::pair<std::string, std::string>> reasons;  // and the measures
    std::vector<metrics::NotMeasured> all = metrics::not_measured(data_, *scorer_);
    if (std::ranges::find(plan_.metrics, kWordAssociation) != plan_.metrics.end() &&
        plan_.metric(std::string(kWordAssociation)).text("first_words").empty()) {
      all.push_back({kWordAssociation, "",
                     "WEAT needs two lists of names of rows: --set "
                     "metric.word_association.first_words='NAME|NAME' --set "
                     "metric.word_association.second_words='NAME|NAME'"});
    }
    for (metrics::NotMeasured& one : all) {
      if (std::ranges::find(plan_.metrics, one.metric) == plan_.metrics.end()) continue;
      if (relations_aside_ && one.attribute.empty() &&
          !metrics::find_measure(one.metric).rows_suffice) {
        one.reason = request_.rows_only
                         ? "it asks relations, which were left aside (--rows-only)"
                         : "it asks relations, and no data set says which triples to ask "
                           "(--dataset, --triples or --card)";
      }
      findings_.push_back(
          {"note", "not_measured", std::string(one.metric),
           fmt::format("{}{}.", one.attribute.empty() ? "" : one.attribute + ": ", one.reason)});
      const auto same =
          std::ranges::find(reasons, one.reason, [](const auto& r) { return r.first; });
      if (same == reasons.end()) {
        reasons.emplace_back(one.reason, one.metric);
      } else {
        same->second += fmt::format(", {}", one.metric);
      }
    }
    for (const auto& [reason, measures] : reasons) {
      result_.not_measured.push_back(fmt::format("{}: {}", measures, reason));
    }
  }

  /// Of two audits with another one figures are of other questions. The order of rows is none.
  [[nodiscard]] std::string hash_of_what_is_measured() const {
    std::vector<std::string> names;
    const auto& entities = data_.graph.entities().names();
    if (request_.persons.with_dataset) {
      // Values that only the file about people names stand behind, without a row.
      for (std::size_t i = 0; i < entity_rows_.size(); ++i) {
        if (entity_rows_[i] != kNoRow) names.push_back(entities[i]);
      }
      std::ranges::sort(names);
      names.push_back(graph_hash_);
      for (const std::string& name : data_.graph.relations().names()) names.push_back(name);
    } else {
      for (const EntityId person : data_.attributes.persons()) {
        names.push_back(entities[person.index()]);
      }
      std::ranges::sort(names);
    }
    Sha256 hash;
    for (const std::string& name : names) {
      hash.add(name);
      hash.add("\n");
    }
    return hash.finish().hex();
  }

  void settle_plan() {
    audit_.set("measured", std::string_view(hash_of_what_is_measured()), "audit");
    say_what_is_not_measured();
    if (!linked()) keep_measures_of_rows();
    if (own_) {
      const models::RunOrigin& origin = *embedding_.origin;
      audit_.set("origin", std::string_view(KeptEmbedding{{}, origin}.name()), "audit");
      plan_.seeds = {origin.seed};
    }
    plan_ = audit_plan(std::move(plan_), audit_, request_.previews);
    for (PlanSection& section : plan_.sections) {
      const bool of_metric = section.path.starts_with("metric.");
      if (of_metric && request_.min_group && section.values.has("min_group")) {
        section.values.set("min_group",
                           ParameterValue(static_cast<std::int64_t>(*request_.min_group)),
                           "--min-group");
      }
      if (linked() || section.path != "metric.leakage") continue;
      // Rows have no relation to ask, and no value was hidden from anybody.
      section.values.set("held_out", ParameterValue(false), "audit");
      section.values.set("probes", std::string_view("rows"), "audit");
    }
    if (request_.persons.with_dataset) return;
    plan_.preset.clear();  // it is one of the data set
    std::erase_if(plan_.sections,
                  [](const PlanSection& section) { return section.path.starts_with("dataset."); });
    for (PlanSection& section : plan_.sections) {
      if (section.path == "dataset") section.values = Parameters(section.values.table());
      if (section.path == "dataset") section.values.set("id", std::string_view(""), "audit");
    }
  }

  void keep_measures_of_rows() {
    const auto asks_relations = [](const std::string& id) {
      return !metrics::find_measure(id).rows_suffice;
    };
    std::erase_if(plan_.metrics, asks_relations);
    std::erase_if(plan_.sections, [&](const PlanSection& section) {
      constexpr std::string_view kMetric = "metric.";
      return section.path.starts_with(kMetric) &&
             asks_relations(section.path.substr(kMetric.size()));
    });
    if (!plan_.metrics.empty()) return;
    std::vector<std::string_view> known;
    for (const metrics::MetricEntry* entry : metrics::all_measures()) {
      if (entry->rows_suffice) known.push_back(entry->id);
    }
    throw InputError::usage("--metrics", "none that rows without relations can be measured by",
                            fmt::format("one of: {}", fmt::join(known, ", ")));
  }

  [[nodiscard]] reports::RunLine first_line() const {
    std::vector<std::pair<std::string, std::string>> settings = {{"embedding", result_.name}};
    if (!embedding_.tool.empty()) settings.emplace_back("tool", embedding_.tool);
    if (!reading_.empty()) settings.emplace_back("score", reading_);
    settings.emplace_back("dimension", fmt::format("{}", width_));
    settings.emplace_back("rows", with_thousands(row_count_));
    reports::RunLine line = run_line(plan_, data_, machine_, job_.started, std::move(settings));
    // The data as they were loaded: verify loads them again.
    line.graph_hash = graph_hash_;
    line.labels.emplace(kAuditSystem, result_.name);
    for (const std::string& id : request_.previews) {
      line.labels.emplace(id, fmt::format("{} (preview)", id));
    }
    return line;
  }

  /// Where persons' rows hold nothing, figures near neutral say nothing about bias.
  void note_rows_that_say_nothing() {
    const std::span<const EntityId> persons = data_.attributes.persons();
    std::uint64_t zeros = 0;
    std::uint64_t as_first = 0;
    for (const EntityId person : persons) {
      const auto row = scorer_->entity_row(person);
      if (std::ranges::all_of(row, [](float x) { return x == 0.0F; })) ++zeros;
      if (std::ranges::equal(row, scorer_->entity_row(persons.front()))) ++as_first;
    }
    if (zeros > 0) {
      warn_of_rows("rows_of_zeros",
                   fmt::format("{} of {} rows of persons hold zeros alone", with_thousands(zeros),
                               with_thousands(persons.size())));
    }
    if (persons.size() > 1 && as_first == persons.size()) {
      warn_of_rows("rows_alike", fmt::format("all {} persons have the same row: there is nothing "
                                             "in it to be read or to be biased",
                                             with_thousands(persons.size())));
    }
  }
  void warn_of_rows(const char* check, std::string message) {
    progress_.warn(fmt::format("{}: {}", result_.name, message));
    findings_.push_back({"warning", check, result_.name, std::move(message)});
  }

  void record_findings(reports::RunRecordFile& record) {
    for (const datasets::IntegrityFinding& finding : data_.integrity.findings) {
      record.append(integrity_line(finding));
    }
    for (const SourceFile& file : embedding_.files) {
      record.append(
          reports::FindingLine{"note", "embedding_file", file.name,
                               fmt::format("{}, SHA-256 {}", bytes_text(file.bytes), file.sha256)});
    }
    for (const models::Finding& finding : embedding_.findings) {
      record.append(reports::FindingLine{std::string(level_of(finding.weight)), finding.id,
                                         result_.name, finding.text});
    }
    if (own_) {
      findings_.push_back(
          {"note", "own_run", result_.name,
           fmt::format("The files say that these are the rows of a run of kgaudit: {}. Persons, "
                       "seed and measures are those of that run.",
                       KeptEmbedding{{}, *embedding_.origin}.name())});
    } else if (linked()) {
      findings_.push_back(
          {"note", "labels_seen", result_.name,
           "The model was trained elsewhere, on what the data say of these persons. Leakage is "
           "read by cross-validation over persons: the probe has not seen a person's value, the "
           "model has."});
    }
    for (const std::string& id : request_.previews) {
      findings_.push_back(
          {"note", "preview", id,
           fmt::format(
               "What {} would make of these rows: its figures are a preview, and nothing was "
               "written. It learned from the values of a share fit_share = {} of the persons, "
               "whom probes are asked about too.",
               id, value_text(plan_.system(id).value("fit_share")))});
    }
    for (reports::FindingLine& finding : left_out_values(plan_, data_)) {
      findings_.push_back(std::move(finding));
    }
    note_rows_that_say_nothing();
    for (const reports::FindingLine& finding : findings_) record.append(finding);
  }

  void measure() {
    const RunDirectory directory(folder(), plan_, RunDirectory::Start::kOnce);
    try {
      measure_into(directory);
    } catch (...) {
      // Nobody can go on with a part of it, and it would be in the way of the next audit.
      directory.discard();
      throw;
    }
  }

  void measure_into(const RunDirectory& directory) {
    result_.directory = directory.root();
    const std::string hash = plan_hash(plan_).hex();
    reports::RunRecordFile record(directory.record(), first_line(),
                                  reports::RunRecordFile::Start::kFresh);
    record_findings(record);
    const std::optional<datasets::Dataset> some =
        asked_of_some(data_, plan_.evaluation().text("persons"));
    const std::vector<std::uint32_t> places = test_places(data_.graph, plan_.evaluation());
    std::vector<datasets::Triple> test;
    if (linked()) {
      for (const std::uint32_t place : places) test.push_back(data_.graph.test()[place]);
    }
    ViewRecorder views({plan_, hash, some ? *some : data_, known_, test,
                        std::span<const std::uint32_t>(places).first(test.size()), pool_, progress_,
                        record, directory.root(), [this] { return progress_.stop_requested(); }});
    const MeasuredSystem of{std::string(kAuditSystem), plan_.seeds.front(), std::nullopt};
    // A view for one attribute keeps its name, which facts of other measures carry.
    const bool for_one = own_ && embedding_.origin->attribute.has_value();
    const models::ModelView view{for_one ? embedding_.origin->view : "",
                                 for_one ? embedding_.origin->attribute : std::nullopt, *scorer_};
    views.record_table_hash(of, {&view, 1});
    tell_of_ranking(of, reports::row_of(view.id), views.record_rows(of, view, true), record);
    record.append(reports::DoneLine{of.system, of.seed});
    const datasets::Dataset& seen = some ? *some : data_;
    for (const std::string& id : request_.previews) preview(id, seen.attributes, views, record);
    record_significance(plan_, directory.root(), record, pool_, progress_);
  }

  /// A ranking that says nothing spoils all that is read from the model's answers.
  void tell_of_ranking(const MeasuredSystem& of, const std::string& row,
                       std::span<const metrics::Fact> facts, reports::RunRecordFile& record) {
    const auto finding = ranking_finding(of.system, row, of.seed, facts);
    if (!finding) return;
    record.append(*finding);
    progress_.warn(fmt::format("{}: {}", finding->subject, finding->message));
  }

  /// What the system makes of the rows, measured as the rows are.
  void preview(const std::string& id, const datasets::AttributeTable& attributes,
               ViewRecorder& views, reports::RunRecordFile& record) {
    const MeasuredSystem of{id, 0, std::nullopt};
    const std::vector<models::TableView> erased = [&] {
      const Stage stage(progress_, fmt::format("erasing with {}", id));
      // A value that stands beside the graph is an entity without a row.
      return models::erased_views(models::find_post_hoc_system(id, "--whatif"),
                                  *with_entities(scorer_->table(), data_.graph.entity_count()),
                                  attributes, plan_.system(id), of.seed, pool_);
    }();
    std::vector<models::ModelView> all;
    for (const models::TableView& view : erased) {
      all.push_back({view.id, view.attribute,
                     models::LinkScorer(with_entities(*view.table, scorer_->entity_count()),
                                        scorer_->score_function())});
    }
    views.record_table_hash(of, all);
    std::map<std::string, std::vector<std::vector<metrics::Fact>>> of_rows;
    for (const models::ModelView& view : all) {
      of_rows[reports::row_of(view.id)].push_back(
          views.record_view(of, view, views.measure_view(of, view)));
    }
    for (const auto& [row, facts_of_views] : of_rows) {
      const std::vector<metrics::Fact> means = means_over_views(facts_of_views);
      views.record_facts(of, row, means);
      tell_of_ranking(of, row, facts_of_views.size() == 1 ? facts_of_views.front() : means, record);
    }
    record.append(reports::DoneLine{of.system, of.seed});
  }

  /// The folder that was asked for, or one with a name of its own. Without a graph, the embedding
  /// gives the name.
  [[nodiscard]] fs::path folder() const {
    return job_directory(plan_, job_, "", request_.persons.with_dataset ? "" : result_.name);
  }

  void say(std::string check, std::string sentence) {
    result_.matched.push_back(sentence);
    findings_.push_back({"note", std::move(check), result_.name, std::move(sentence)});
  }
  void warn(std::string check, std::string sentence) {
    progress_.warn(sentence);
    findings_.push_back({"warning", std::move(check), result_.name, std::move(sentence)});
  }

  Plan plan_;
  const AuditRequest& request_;
  const JobOptions& job_;
  Progress& progress_;
  std::string place_;
  Parameters audit_;
  Fingerprint machine_;
  ThreadPool pool_;
  EmbeddingAudit result_;
  std::vector<reports::FindingLine> findings_;
  /// Rows of a run of ours, with the data of that run.
  bool own_ = false;
  /// The files have relations, and none is asked.
  bool relations_aside_ = false;
  ForeignEmbedding embedding_;
  datasets::PeopleTable people_;
  std::optional<datasets::Dataset> whole_;  ///< as it was loaded, until it meets the rows
  /// Which rows are read; nothing where a model is asked, which ranks all of them.
  std::optional<WantedRows> wanted_;
  ForeignRows rows_;
  std::uint64_t row_count_ = 0;  ///< in the file, whether they were kept or not
  std::size_t width_ = 0;
  datasets::Dataset data_;
  std::string graph_hash_;
  std::vector<std::uint32_t> entity_rows_;
  std::vector<std::uint32_t> relation_rows_;
  datasets::KnownTriples known_;
  std::optional<models::LinkScorer> scorer_;
  std::string reading_;
};

}  // namespace

EmbeddingAudit audit_embedding(const Plan& plan, const AuditRequest& request, const JobOptions& job,
                               Progress& progress) {
  return Auditor(plan, request, job, progress).run();
}

}  // namespace kgaudit::run
