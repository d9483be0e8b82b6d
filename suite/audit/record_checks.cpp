#include "suite/audit/record_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "models/embedding/foreign/export_manifest.hpp"
#include "models/scoring/link_scorer.hpp"
#include "reports/record/counted_message.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/raw_store.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/error.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/text.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/compare/significance.hpp"
#include "suite/plan/audit_plan.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/run/kept_embeddings.hpp"
#include "suite/run/left_out_values.hpp"
#include "suite/run/provenance.hpp"
#include "suite/run/ranked_triples.hpp"
#include "suite/run/run_line.hpp"
#include "suite/run/selection_data.hpp"
#include "suite/run/view_facts.hpp"

namespace kgaudit::run {

using reports::MeasurementLine;
using reports::RunRecord;

namespace {

namespace fs = std::filesystem;

/// What was complained of, in one line.
Check unreadable(std::string what, const InputError& error) {
  if (error.code() == ExitCode::kUnsafe) throw error;
  const Complaint& why = error.complaint();
  return {std::move(what), Agreement::kUnreadable,
          why.expected.empty()
              ? fmt::format("{}: {}", why.place, why.got)
              : fmt::format("{}: {}; expected: {}", why.place, why.got, why.expected)};
}

Check check_file(std::string what, const std::string& sha256, const fs::path& file) {
  try {
    return compare_hashes(std::move(what), sha256, sha256_of_file(file).hex(), "now");
  } catch (const InputError& error) {
    return unreadable(std::move(what), error);
  }
}

/// The files that the record names, beside or below the path that was audited. Names and tables
/// that were given by options lie elsewhere: they are counted and not checked.
std::vector<Check> check_embedding(const RunRecord& record, const fs::path& audited) {
  if (!fs::exists(audited)) {
    return {{"embedding " + audited.string(), Agreement::kUnreadable, "no such file or folder"}};
  }
  const fs::path folder = fs::is_directory(audited) ? audited : audited.parent_path();
  constexpr std::string_view kHash = "SHA-256 ";
  std::vector<Check> checks;
  std::size_t elsewhere = 0;
  for (const reports::FindingLine& finding : record.findings) {
    const std::size_t at = finding.message.find(kHash);
    if (finding.check != "embedding_file" || at == std::string::npos) continue;
    const fs::path file = path_below(folder, finding.subject, "the embedding file");
    if (file != audited && !fs::exists(file)) {
      ++elsewhere;
      continue;
    }
    checks.push_back(check_file("embedding file " + finding.subject,
                                finding.message.substr(at + kHash.size()), file));
  }
  if (elsewhere > 0) {
    checks.push_back({"embedding files elsewhere", Agreement::kSkipped,
                      fmt::format("{} not beside {}", elsewhere, audited.string())});
  }
  return checks;
}

/// The hashes that the record has of the plan's data set, which an audit of a people file alone
/// lacks.
CheckedData check_dataset(const RunRecord& record, const Plan& plan, const std::string& people_file,
                          const std::string& mirror, Progress& progress) {
  CheckedData result;
  try {
    result.data = prepared_data(load_dataset(plan, mirror, progress), plan.evaluation());
  } catch (const InputError& error) {
    result.checks = {unreadable("data " + record.run.dataset, error)};
    return result;
  }
  std::map<std::string, std::string> files;
  for (const SourceFile& file : result.data->files) files[file.name] = file.sha256;
  for (const auto& [name, sha256] : record.run.data_files) {
    const auto found = files.find(name);
    if (found == files.end() && name == people_file) continue;
    result.checks.push_back(compare_hashes("data file " + name, sha256,
                                           found == files.end() ? "none" : found->second, "now"));
  }
  result.checks.push_back(
      compare_hashes("graph", record.run.graph_hash, result.data->graph.digest().hex(), "now"));
  return result;
}

bool names_dataset(const Parameters& dataset) {
  return !dataset.text("id").empty() || !dataset.text("triples").empty() ||
         !dataset.text("card").empty();
}

}  // namespace

CheckedData check_data(const RunRecord& record, const Plan& plan, const std::string& mirror,
                       Progress& progress) {
  if (!is_audit(plan)) return check_dataset(record, plan, "", mirror, progress);
  const Parameters& audit = plan.section(kAuditTable);
  const fs::path people = audit.text("people_file");
  CheckedData result;
  if (names_dataset(plan.dataset())) {
    result = check_dataset(record, plan, people.filename(), mirror, progress);
  }
  if (!people.empty()) {
    result.checks.push_back(
        check_file("people file " + people.string(), audit.text("people"), people));
  }
  // Records of an earlier build do not say where the embedding lay.
  if (const fs::path embedding = audit.text("embedding"); !embedding.empty()) {
    for (Check& check : check_embedding(record, embedding)) {
      result.checks.push_back(std::move(check));
    }
  }
  return result;
}

Check check_rows_of_plan(const RunRecord& record, const Plan& plan) {
  const std::string what = "systems and seeds";
  for (const MeasurementLine& line : record.measurements) {
    const bool known = std::ranges::find(plan.systems, line.system) != plan.systems.end();
    if (known && std::ranges::find(plan.seeds, line.seed) != plan.seeds.end()) continue;
    return {
        what, Agreement::kDiffer,
        fmt::format("a fact of {}, seed {}, which the plan does not have", line.system, line.seed)};
  }
  std::size_t missing = 0;
  std::string first;
  for (const std::uint64_t seed : plan.seeds) {
    for (const std::string& system : plan.systems) {
      if (record.is_done(system, seed)) continue;
      if (missing++ == 0) first = fmt::format("{}, seed {}", system, seed);
    }
  }
  if (missing > 0) {
    return {what, Agreement::kSkipped,
            fmt::format("the run is not finished: {} of {} trainings are not on record, such as {}",
                        missing, plan.seeds.size() * plan.systems.size(), first)};
  }
  return {what, Agreement::kSame, "those of the plan"};
}

Check check_epochs(const RunRecord& record) {
  const std::string what = "epochs of the trainings";
  std::map<std::pair<std::string, std::uint64_t>, std::set<std::uint64_t>> epochs;
  for (const reports::EpochLine& line : record.epochs) {
    epochs[{line.system, line.seed}].insert(line.epoch);
  }
  for (const reports::DoneLine& done : record.done) {
    const std::string trained = reports::trained_by(record, done.system);
    const auto found = epochs.find({trained, done.seed});
    const bool whole = found != epochs.end() && *found->second.begin() == 1 &&
                       *found->second.rbegin() == found->second.size();
    if (whole) continue;
    return {what, Agreement::kDiffer,
            fmt::format("{} of {}, seed {}, are not on record",
                        found == epochs.end() ? "the epochs" : "some epochs", trained, done.seed)};
  }
  return {what, Agreement::kSame, fmt::format("{} epochs", record.epochs.size())};
}

Check check_data_findings(const RunRecord& record, const Plan& plan,
                          const datasets::Dataset& data) {
  // A later version may use other words, but not another count.
  using Key = std::tuple<std::string, std::string, std::string>;
  const auto key_of = [](const reports::FindingLine& line) {
    const auto counted = reports::counted_message(line);
    return Key{line.check, line.subject, counted ? counted->count : line.message};
  };
  std::multiset<Key> again;
  for (const reports::FindingLine& line : left_out_values(plan, data)) again.insert(key_of(line));
  for (const datasets::IntegrityFinding& finding : data.integrity.findings) {
    again.insert(key_of(integrity_line(finding)));
  }
  std::set<std::string> of_data;
  for (const Key& key : again) of_data.insert(std::get<0>(key));
  std::multiset<Key> recorded;
  for (const reports::FindingLine& line : record.findings) {
    if (of_data.contains(line.check)) recorded.insert(key_of(line));
  }
  const std::string what = "findings about the data";
  std::vector<Key> different;
  std::ranges::set_symmetric_difference(recorded, again, std::back_inserter(different));
  if (different.empty()) {
    return {what, Agreement::kSame, fmt::format("{} findings", again.size())};
  }
  const auto& [check, subject, count] = different.front();
  return {what, Agreement::kDiffer,
          fmt::format("{}{}{}: {} {}", check, subject.empty() ? "" : ", ", printable(subject),
                      printable(count),
                      recorded.contains(different.front()) ? "on record, not found again"
                                                           : "found again, not on record")};
}

std::vector<Check> check_kept_embeddings(const std::filesystem::path& folder) {
  std::vector<Check> checks;
  std::vector<KeptEmbedding> kept;
  try {
    kept = kept_embeddings(folder);
  } catch (const InputError& error) {
    return {unreadable("kept embeddings", error)};
  }
  std::size_t intact = 0;
  for (const KeptEmbedding& one : kept) {
    try {
      models::require_as_written(one.folder);
      ++intact;
    } catch (const InputError& error) {
      checks.push_back(unreadable("kept embedding " + one.name(), error));
    }
  }
  if (kept.empty()) return checks;
  checks.push_back({"kept embeddings", Agreement::kSame,
                    fmt::format("SHA-256 of the files of {} of {}", intact, kept.size())});
  return checks;
}

std::vector<Check> check_raw_files(const RunRecord& record, const std::filesystem::path& folder) {
  std::vector<Check> checks;
  std::map<std::string, const reports::RawLine*> lines;
  for (const reports::RawLine& line : record.raw) lines[line.file] = &line;
  std::size_t intact = 0;
  for (const auto& [name, line] : lines) {
    try {
      const std::string now = sha256_of_file(raw_path(folder, *line)).hex();
      Check check = compare_hashes("raw file " + name, line->sha256, now, "now");
      if (check.agreement == Agreement::kSame) {
        ++intact;
      } else {
        checks.push_back(std::move(check));
      }
    } catch (const InputError& error) {
      if (error.code() == ExitCode::kUnsafe) throw;
      checks.push_back({"raw file " + name, Agreement::kUnreadable, error.complaint().got});
    }
  }
  checks.push_back(
      {"raw files", Agreement::kSame, fmt::format("SHA-256 of {} of {}", intact, lines.size())});
  return checks;
}

namespace {

using Predictions = metrics::stats::Outcome<std::vector<std::vector<double>>>;

/// What the raw file of a row says, or why it cannot be read.
Predictions predictions_of(RawUnits& units, const reports::SystemView& row, std::uint64_t seed,
                           const UnitColumn& column) {
  try {
    return units.predictions(row, seed, column);
  } catch (const InputError& error) {
    return Undefined{unreadable("", error).detail};
  }
}

}  // namespace

Check check_ranking(const RunRecord& record, const std::filesystem::path& folder,
                    CheckedFacts& checked) {
  const std::tuple<reports::FactName, UnitColumn::Kind, double> ranking_facts[] = {
      {reports::kFilteredMrr, UnitColumn::Kind::kReciprocalRank, 0.0},
      {reports::kFilteredHitsAt1, UnitColumn::Kind::kHits, 1.0},
      {reports::kFilteredHitsAt10, UnitColumn::Kind::kHits, 10.0}};
  const std::string what = "ranking facts from raw ranks";
  RawUnits units(record, folder);
  std::size_t same = 0;
  for (const auto& [wanted, kind, cut] : ranking_facts) {
    const auto facts = facts_of(record.measurements, [&, &fact = wanted](const auto& line) {
      return line.metric == fact.metric && line.facets == fact.all_facets() &&
             line.measurement.defined();
    });
    for (const auto& [key, fact] : facts) {
      const auto& [system, view, seed, name, facets] = key;
      const Predictions values = predictions_of(units, {system, view}, seed, {kind, cut, "", ""});
      if (!values.defined()) return {what, Agreement::kUnreadable, values.reason()};
      if (values->size() != 1) continue;  // the mean over several views is made from their facts
      const double again = metrics::mean(values->front());
      if (again != fact.value()) {
        return {what, Agreement::kDiffer,
                fmt::format("{}: {} on record, {} again", name_of_fact(key),
                            number_text(fact.value()), number_text(again))};
      }
      checked.insert(key);
      ++same;
    }
  }
  return same_facts(what, same);
}

namespace {

/// The ranks that rank_columns made the columns of; nothing where a column is not there, or the
/// columns are of other triples than `places`.
std::optional<metrics::RankTable> ranks_of(const std::vector<reports::RawColumn>& columns,
                                           const std::vector<std::uint32_t>& places) {
  metrics::RankTable ranks;
  const std::pair<const char*, std::vector<metrics::RankCounts>*> sides[] = {
      {"filtered.head", &ranks.filtered_head},
      {"filtered.tail", &ranks.filtered_tail},
      {"raw.head", &ranks.raw_head},
      {"raw.tail", &ranks.raw_tail},
  };
  const std::pair<const char*, std::uint32_t metrics::RankCounts::*> counts[] = {
      {"better", &metrics::RankCounts::better},
      {"equal", &metrics::RankCounts::equal},
      {"candidates", &metrics::RankCounts::candidates},
  };
  for (const auto& [side, of_side] : sides) {
    of_side->resize(places.size());
    for (const auto& [name, which] : counts) {
      const auto column = std::ranges::find(columns, fmt::format("rank.{}.{}", side, name),
                                            &reports::RawColumn::name);
      if (column == columns.end() || column->ids != places) return std::nullopt;
      const auto* values = std::get_if<std::vector<std::uint32_t>>(&column->values);
      if (values == nullptr) return std::nullopt;
      for (std::size_t i = 0; i < places.size(); ++i) (*of_side)[i].*which = (*values)[i];
    }
  }
  return ranks;
}

/// A scorer for metrics that ask none: the data's entities with a row of a single 0.
models::LinkScorer nobodys_scorer(const datasets::Dataset& data) {
  auto table = std::make_shared<models::EmbeddingTable>();
  table->entities = models::FloatTable(data.graph.entity_count(), 1);
  table->relations = models::FloatTable(data.graph.relation_count(), 1);
  return {std::move(table), models::find_score("transe-dot").function()};
}

/// "a" and "" are for all attributes, "s:gender" is for one.
std::optional<std::string> attribute_of_view(const std::string& view) {
  const std::size_t colon = view.find(':');
  return colon == std::string::npos ? std::nullopt : std::optional(view.substr(colon + 1));
}

/// Facts of one system and row by what they are about.
void put(Facts& facts, const std::string& system, const std::string& row, std::uint64_t seed,
         const std::vector<metrics::Fact>& made) {
  for (const metrics::Fact& fact : made) {
    facts.insert_or_assign({system, row, seed, fact.metric, fact.facets}, fact.measurement);
  }
}

/// Makes facts again from raw ranks, row by row.
class RankMetrics {
 public:
  RankMetrics(const RunRecord& record, fs::path folder, const Plan& plan,
              const datasets::Dataset& data, ThreadPool& pool)
      : record_(record),
        folder_(std::move(folder)),
        plan_(plan),
        some_(asked_of_some(data, plan.evaluation().text("persons"))),
        data_(some_ ? *some_ : data),
        scorer_(nobodys_scorer(data_)),
        pool_(pool),
        places_(test_places(data.graph, plan.evaluation())) {
    for (const std::uint32_t place : places_) test_.push_back(data.graph.test()[place]);
    for (const std::string& id : plan.metrics) {
      const metrics::MetricEntry& metric = metrics::find_measure(id);
      if (metric.ranks_suffice) metrics_.push_back(&metric);
    }
  }

  [[nodiscard]] bool nothing_to_do() const { return metrics_.empty() || test_.empty(); }

  /// All views of all rows. Rows of a release have no ranks of their own.
  Facts all(Progress& progress) {
    using Row = std::tuple<std::string, std::string, std::uint64_t>;
    std::map<Row, std::vector<const reports::RawLine*>> rows;
    for (const reports::RawLine& line : record_.raw) {
      if (line.view == reports::kRowsAlone || line.view == reports::kWhole) continue;
      if (!record_.is_done(line.system, line.seed)) continue;
      // Of two lines of one file, as an interruption leaves them, the later one stands.
      auto& lines = rows[{line.system, reports::row_of(line.view), line.seed}];
      std::erase_if(lines, [&](const reports::RawLine* one) { return one->file == line.file; });
      lines.push_back(&line);
    }
    Facts facts;
    std::size_t done = 0;
    const Stage stage(progress, "making ranking facts again", rows.size());
    for (const auto& [row, lines] : rows) {
      if (progress.stop_requested()) throw Interrupted();
      const auto& [system, name, seed] = row;
      std::vector<std::vector<metrics::Fact>> of_views;
      for (const reports::RawLine* line : lines) of_views.push_back(of_view(*line));
      for (const auto& made : of_views) put(facts, system, name, seed, made);
      put(facts, system, name, seed, means_over_views(of_views));
      progress.advance(++done, name_of_row(system, name));
    }
    return facts;
  }

 private:
  static std::string name_of_row(const std::string& system, const std::string& row) {
    return row.empty() ? system : fmt::format("{} [{}]", system, row);
  }

  std::vector<metrics::Fact> of_view(const reports::RawLine& line) {
    auto ranks =
        ranks_of(reports::read_raw_file_on_record(raw_path(folder_, line), line.sha256), places_);
    if (!ranks) return {};
    ranks->triples = test_;
    const models::ModelView view{line.view, attribute_of_view(line.view), scorer_};
    const metrics::MetricContext context{
        data_, scorer_, *ranks, pool_, line.seed, view.attribute.value_or(""), &memory_};
    std::vector<metrics::Fact> facts;
    for (const metrics::MetricEntry* metric : metrics_) {
      for (metrics::Fact& fact :
           metric->measure(context, plan_.metric(std::string(metric->id))).facts) {
        facts.push_back(std::move(fact));
      }
    }
    return recorded_facts(view, std::move(facts));
  }

  const RunRecord& record_;
  fs::path folder_;
  const Plan& plan_;
  std::optional<datasets::Dataset> some_;
  const datasets::Dataset& data_;
  models::LinkScorer scorer_;
  ThreadPool& pool_;
  std::vector<std::uint32_t> places_;
  std::vector<datasets::Triple> test_;
  std::vector<const metrics::MetricEntry*> metrics_;
  metrics::Memory memory_;
};

}  // namespace

Check check_rank_metrics(const RunRecord& record, const std::filesystem::path& folder,
                         const Plan& plan, const datasets::Dataset& data, ThreadPool& pool,
                         CheckedFacts& checked, Progress& progress) {
  const std::string what = kRankMetrics;
  try {
    RankMetrics again(record, folder, plan, data, pool);
    if (again.nothing_to_do()) return {what, Agreement::kSkipped, "the plan has none"};
    const Facts made = again.all(progress);
    // A row whose files say nothing of ranks, as of a training that diverged, is not compared.
    const Facts recorded = facts_of(record.measurements, [&](const MeasurementLine& line) {
      return made.contains({line.system, line.view, line.seed, line.metric, line.facets});
    });
    return compare_facts(what, recorded, made, checked);
  } catch (const InputError& error) {
    return unreadable(what, error);
  }
}

Check check_probes(const RunRecord& record, const std::filesystem::path& folder,
                   CheckedFacts& checked) {
  const std::string what = "accuracies of probes from raw answers";
  RawUnits units(record, folder);
  std::size_t same = 0;
  try {
    for (const MeasurementLine& line : record.measurements) {
      if (line.metric != reports::kMlpAccuracy.metric || !line.measurement.defined()) continue;
      const auto facet = [&](const char* name) { return reports::facet_or(line.facets, name, ""); };
      const std::string set = facet("persons") == reports::kHeldOutPersons ? "held_out." : "";
      const auto& answers = units.values(
          {line.system, line.view}, line.seed,
          {UnitColumn::Kind::kColumn, 0.0,
           fmt::format("leakage.{}.{}.{}correct", facet("attribute"), facet("probe"), set), ""});
      if (!answers.defined() || answers->values.size() != line.measurement.n()) continue;
      // A mean over several views is made from their facts.
      if (std::ranges::any_of(answers->values, [](double x) { return x != 0.0 && x != 1.0; })) {
        continue;
      }
      const FactKey key{line.system, line.view, line.seed, line.metric, line.facets};
      if (const double again = metrics::mean(answers->values); again != line.measurement.value()) {
        return {what, Agreement::kDiffer,
                fmt::format("{}: {} on record, {} again", name_of_fact(key),
                            number_text(line.measurement.value()), number_text(again))};
      }
      checked.insert(key);
      ++same;
    }
  } catch (const InputError& error) {
    return unreadable(what, error);
  }
  return same_facts(what, same);
}

Check facts_left(const RunRecord& record, const CheckedFacts& checked) {
  std::map<std::string, std::uint64_t> left;  // by metric
  std::uint64_t again = 0;
  std::uint64_t of_clock = 0;
  std::uint64_t all = 0;
  for (const auto& [key, measurement] :
       facts_of(record.measurements, [](const MeasurementLine&) { return true; })) {
    const std::string& metric = std::get<3>(key);
    ++all;
    if (checked.contains(key)) {
      ++again;
    } else if (reports::of_training(metric)) {
      ++of_clock;
    } else {
      ++left[metric.substr(0, metric.find('.'))];
    }
  }
  std::string text =
      fmt::format("{} of {} were made again", with_thousands(again), with_thousands(all));
  if (of_clock > 0) {
    text += fmt::format("; {} of times, memory and epochs are never compared",
                        with_thousands(of_clock));
  }
  std::string names;
  for (const auto& [metric, count] : left) {
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", with_thousands(count), metric);
  }
  if (!names.empty()) text += fmt::format("; not checked: {}", names);
  return {"facts", left.empty() ? Agreement::kSame : Agreement::kSkipped, std::move(text)};
}

Check check_tests(const RunRecord& record, const std::filesystem::path& folder, const Plan& plan,
                  ThreadPool& pool, CheckedFacts& checked) {
  const std::string what = "tests between systems";
  for (const std::string& system : plan.systems) {
    for (const std::uint64_t seed : plan.seeds) {
      if (record.is_done(system, seed)) continue;
      return {what, Agreement::kSkipped, "the run is not complete, they come at its end"};
    }
  }
  const auto wanted = [](const MeasurementLine& line) { return is_significance(line.metric); };
  try {
    require_raw_files(record, folder);
    const auto again = significance_facts(record, folder, statistics_of(plan.statistics()), pool);
    return compare_facts(what, facts_of(record.measurements, wanted), facts_of(again, wanted),
                         checked);
  } catch (const InputError& error) {
    return unreadable(what, error);
  }
}

Surroundings surroundings_of(const RunRecord& record) {
  const auto differs = [](const std::map<std::string, std::string>& was, const Fingerprint& is,
                          const std::string& key) {
    const auto a = was.find(key);
    const auto b = is.find(key);
    return (a == was.end() ? "" : a->second) != (b == is.end() ? "" : b->second);
  };
  std::set<std::string> keys;
  const Fingerprint build = build_fingerprint();
  for (const auto& [key, value] : build) keys.insert(key);
  for (const auto& [key, value] : record.run.build) keys.insert(key);
  for (const std::string& key : keys) {
    if (differs(record.run.build, build, key)) {
      return {fmt::format("made by a build with another {}", key), true};
    }
  }
  if (!differs(record.run.machine, machine_fingerprint(), "cpu")) return {};
  // -march=native is another set of instructions on every kind of processor.
  return {"made on another processor", build.at("flags").find("native") != std::string::npos};
}

}  // namespace kgaudit::run
