#include "suite/audit/embedding_audit.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "datasets/people_dataset.hpp"
#include "metrics/metric.hpp"
#include "models/training/trainer.hpp"
#include "reports/document/report_document.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/raw_store.hpp"
#include "suite/audit/verification.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/selection_data.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

Plan plan_for_audit(const char* metrics = "link_prediction,score_gap") {
  return resolve_plan({std::nullopt,
                       "plan",
                       {{"dataset.planted-people.entities", "1000", "test"},
                        {"systems", "basic", "test"},
                        {"seeds", "1", "test"},
                        {"metrics", metrics, "test"},
                        {"training.score", "transe-l1", "test"},
                        {"training.dimension", "8", "test"},
                        {"training.reciprocal", "false", "test"},
                        {"training.epochs", "6", "test"},
                        {"evaluation.hidden_share", "0", "test"},
                        {"run.threads", "1", "test"}}});
}

/// A small model that "another tool" trained, with the names of its rows.
struct TrainedElsewhere {
  explicit TrainedElsewhere(const Plan& plan) : pool(1) {
    Progress silent;
    data = load_dataset(plan, "", silent);
    models::Trainer trainer(data, models::find_system("basic"), plan.training(),
                            plan.system("basic"), 0, pool);
    for (int epoch = 0; epoch < 6; ++epoch) trainer.run_epoch();
    scorer.emplace(trainer.publish().front().scorer);
    names = data.graph.entities().names();
    order.resize(names.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Rng(7, "test.rows").shuffle(std::span<std::size_t>(order));
  }

  /// The files of OpenKE: rows in an order of their own, without those at the end of it that
  /// `left_out` counts, and with `strangers` that the graph does not know.
  fs::path write(const fs::path& folder, std::size_t left_out = 0,
                 std::size_t strangers = 0) const {
    const models::EmbeddingTable& table = scorer->table();
    const std::size_t kept = order.size() - left_out;
    std::string map = fmt::format("{}\n", kept + strangers);
    std::string rows;
    const auto add = [&](std::span<const float> values, std::string& text) {
      text += text.empty() ? "[" : ",[";
      for (std::size_t k = 0; k < values.size(); ++k) {
        text += fmt::format("{}{:.9g}", k == 0 ? "" : ",", values[k]);
      }
      text += "]";
    };
    for (std::size_t i = 0; i < kept; ++i) {
      map += fmt::format("{}\t{}\n", names[order[i]], i);
      add(table.entities.values(order[i]), rows);
    }
    for (std::size_t i = 0; i < strangers; ++i) {
      map += fmt::format("stranger {}\t{}\n", i, kept + i);
      add(table.entities.values(i), rows);
    }
    std::string relation_map = fmt::format("{}\n", data.graph.relation_count());
    std::string relations;
    for (std::size_t r = 0; r < data.graph.relation_count(); ++r) {
      relation_map += fmt::format("{}\t{}\n", data.graph.relations().names()[r], r);
      add(table.relations.values(r), relations);
    }
    tests::write_file(folder / "entity2id.txt", map);
    tests::write_file(folder / "relation2id.txt", relation_map);
    tests::write_file(folder / "model.json",
                      fmt::format(R"({{"zero_const": [0], "ent_embeddings.weight": [{}],)"
                                  R"( "rel_embeddings.weight": [{}]}})",
                                  rows, relations));
    return folder / "model.json";
  }

  ThreadPool pool;
  datasets::Dataset data;
  std::optional<models::LinkScorer> scorer;
  std::vector<std::string> names;
  std::vector<std::size_t> order;
};

EmbeddingAudit audited(const Plan& plan, const fs::path& file, const fs::path& out,
                       const std::function<void(AuditRequest&)>& with = {}) {
  AuditRequest request;
  request.embedding = file;
  if (with) with(request);
  JobOptions job;
  job.directory = out;
  Progress silent;
  return audit_embedding(plan, request, job, silent);
}

const reports::FindingLine* finding_in(const reports::RunRecord& record, std::string_view check) {
  const auto found = std::ranges::find(record.findings, check, &reports::FindingLine::check);
  return found == record.findings.end() ? nullptr : &*found;
}

TEST_CASE("An audit of another tool's rows gives the figures of the same rows measured directly",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit();
  const TrainedElsewhere model(plan);
  const EmbeddingAudit done = audited(plan, model.write(folder.path()), folder / "out");

  REQUIRE(done.check);
  CHECK(done.check->best().reading.score.score == "transe-l1");
  CHECK_FALSE(done.check->best().reading.score.normalise);
  CHECK(done.check->fits.size() > 4);
  CHECK(done.check->best().above_chance());
  CHECK(done.check->next()->mrr < done.check->best().mrr);

  const reports::RunRecord record = reports::read_record(RunDirectory::record_in(folder / "out"));
  CHECK(record.is_done("audit", 0));
  CHECK(record.epochs.empty());
  CHECK(record.run.labels.at("audit") == "model.json");
  CHECK(std::ranges::any_of(record.findings, [](const reports::FindingLine& finding) {
    return finding.check == "embedding_file" && finding.subject == "model.json" &&
           finding.message.find("SHA-256") != std::string::npos;
  }));
  CHECK(finding_in(record, "chance_level") == nullptr);
  CHECK(record.run.graph_hash == model.data.graph.digest().hex());
  REQUIRE(record.table_hashes.size() == 1);
  using Key = std::pair<std::string, metrics::Facets>;
  std::map<Key, Measurement> on_record;
  for (const auto& line : record.measurements) {
    CHECK_FALSE(reports::of_training(line.metric));
    on_record.emplace(Key(line.metric, line.facets), line.measurement);
  }

  const datasets::KnownTriples known = known_triples(model.data);
  ThreadPool pool(2);
  Progress silent;
  const metrics::RankTable ranks =
      metrics::rank_triples(*model.scorer, model.data.graph.test(), known, pool, silent);
  std::size_t compared = 0;
  for (const char* id : {"link_prediction", "score_gap"}) {
    const auto facts = metrics::find_metric(id)
                           .measure({model.data, *model.scorer, ranks, pool}, plan.metric(id))
                           .facts;
    for (const metrics::Fact& fact : facts) {
      INFO(fact.metric);
      for (const auto& [name, value] : fact.facets) UNSCOPED_INFO(name << " " << value);
      const auto found = on_record.find({fact.metric, fact.facets});
      REQUIRE(found != on_record.end());
      CHECK(found->second.maybe_value() == fact.measurement.maybe_value());
      ++compared;
    }
  }
  CHECK(compared > 50);
}

TEST_CASE("The plan of an audit comes back from its record with its hash", "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("link_prediction");
  const TrainedElsewhere model(plan);
  static_cast<void>(audited(plan, model.write(folder.path()), folder / "out"));
  const reports::RunRecord record = reports::read_record(RunDirectory::record_in(folder / "out"));
  const Plan again = plan_on_record(record);
  CHECK(plan_hash(again).hex() == record.run.plan_hash);
  CHECK(again.systems == std::vector<std::string>{"audit"});
  CHECK(again.section("audit").text("reading") == "transe-l1");
  CHECK(again.evaluation().real("hidden_share") == 0.0);

  Progress silent;
  VerifyOptions options;
  options.threads = 1;
  const std::vector<Check> checks =
      verify_record(RunDirectory::record_in(folder / "out"), options, silent);
  CHECK(verdict_of(checks) == ExitCode::kPass);
  CHECK(checks.back().agreement == Agreement::kSkipped);
}

TEST_CASE("Names that belong to other rows are refused, unless the user insists", "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("link_prediction");
  TrainedElsewhere model(plan);
  Rng(11, "test.names").shuffle(std::span<std::string>(model.names));
  const fs::path file = model.write(folder.path());
  try {
    static_cast<void>(audited(plan, file, folder / "out"));
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUnreadable);
    CHECK_THAT(error.complaint().got, Contains("these names do not belong to these rows"));
  }
  CHECK_FALSE(fs::exists(folder / "out"));

  static_cast<void>(audited(plan, file, folder / "out",
                            [](AuditRequest& request) { request.accept_names = true; }));
  const reports::RunRecord record = reports::read_record(RunDirectory::record_in(folder / "out"));
  const reports::FindingLine* reading = finding_in(record, "reading");
  REQUIRE(reading != nullptr);
  CHECK(reading->level == "warning");
  const reports::FindingLine* chance = finding_in(record, "chance_level");
  REQUIRE(chance != nullptr);
  CHECK(chance->level == "warning");
  CHECK(chance->subject == "audit, seed 0");
  CHECK_THAT(chance->message, Contains("no better than a random order"));
  CHECK_THAT(reports::audit_verdict(record).front(), Contains("Before all figures"));
}

TEST_CASE("Rankings of an audit are against all rows, and what has no row is left out and counted",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("link_prediction");
  const TrainedElsewhere model(plan);
  const fs::path file = model.write(folder.path(), 20, 7);
  static_cast<void>(audited(plan, file, folder / "out"));
  const reports::RunRecord record = reports::read_record(RunDirectory::record_in(folder / "out"));
  REQUIRE(finding_in(record, "entities_without_a_row") != nullptr);
  CHECK_THAT(finding_in(record, "entities_without_a_row")->message, Contains("20"));
  CHECK_THAT(finding_in(record, "rows_without_an_entity")->message, Contains("7"));
  CHECK(finding_in(record, "triples_without_rows") != nullptr);
  REQUIRE(record.raw.size() == 1);
  const auto raw = reports::read_raw_file(folder.path() / "out" / record.raw[0].file);
  const auto candidates =
      std::ranges::find(raw, "rank.raw.tail.candidates", &reports::RawColumn::name);
  REQUIRE(candidates != raw.end());
  const std::size_t rows = model.names.size() - 20 + 7;
  CHECK(std::visit([](const auto& values) { return static_cast<double>(values.front()); },
                   candidates->values) == static_cast<double>(rows));

  CHECK_THROWS_AS(audited(plan, file, folder / "strict",
                          [](AuditRequest& request) { request.persons.align.strict = true; }),
                  InputError);
  CHECK_THROWS_AS(audited(plan, file, folder / "least",
                          [](AuditRequest& request) { request.persons.align.least_match = 0.99; }),
                  InputError);
}

TEST_CASE("An audit's report begins with a verdict for each attribute and says who trained",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("score_gap,question");
  const TrainedElsewhere model(plan);
  static_cast<void>(audited(plan, model.write(folder.path()), folder / "out"));
  const reports::RunRecord record = reports::read_record(RunDirectory::record_in(folder / "out"));
  CHECK(reports::of_audit(record));
  const std::vector<std::string> verdict = reports::audit_verdict(record);
  REQUIRE(verdict.size() >= 2);
  const auto gender = std::ranges::find_if(
      verdict, [](const std::string& line) { return line.starts_with("gender."); });
  REQUIRE(gender != verdict.end());
  CHECK_THAT(*gender, Contains("gender. Asked for it") && Contains("neutral .5") &&
                          Contains("ΔS") && Contains("95 % interval"));
  CHECK_THAT(verdict.back(), Contains("not that the embedding is fair"));
  const reports::Document document = reports::report_document({&record, 1}, {});
  REQUIRE_FALSE(document.blocks.empty());
  CHECK(std::get<reports::Heading>(document.blocks.front()).text == "Verdict");
  const auto methods = reports::methods(record);
  CHECK_THAT(reports::plain_text(std::get<reports::Paragraph>(methods.front()).spans),
             Contains("was trained elsewhere") && !Contains("epochs take turns"));
}

TEST_CASE("Vectors without relations are measured with a list of people, and reasons are given",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  std::string vectors;
  std::string people = "name,gender\n";
  const Rng stream(5, "test.words");
  for (std::size_t i = 0; i < 120; ++i) {
    Rng rng = stream.at(i);
    vectors += fmt::format("person {}", i);
    for (int k = 0; k < 6; ++k) {
      const double shift = k == 0 ? (i % 2 == 0 ? 2.0 : -2.0) : 0.0;
      vectors += fmt::format("\t{:.6g}", rng.normal() + shift);
    }
    vectors += "\n";
    people += fmt::format("person {},{}\n", i, i % 2 == 0 ? "female" : "male");
  }
  tests::write_file(folder / "rows.tsv", vectors);
  tests::write_file(folder / "people.csv", people);
  const Plan plan = plan_for_audit("score_gap,leakage,group_distance");
  const EmbeddingAudit done =
      audited(plan, folder / "rows.tsv", folder / "out", [&](AuditRequest& request) {
        request.persons.with_dataset = false;
        request.persons.people = folder / "people.csv";
      });
  CHECK_FALSE(done.check);
  CHECK(std::ranges::any_of(done.not_measured, [](const std::string& line) {
    return line.starts_with("score_gap: it asks relations");
  }));
  const reports::RunRecord record = reports::read_record(RunDirectory::record_in(folder / "out"));
  const reports::Facets strongest = reports::kStatedStrongestAuc.all_facets("gender");
  const auto leakage = std::ranges::find_if(record.measurements, [&](const auto& line) {
    return line.metric == reports::kStatedStrongestAuc.metric && line.facets == strongest;
  });
  REQUIRE(leakage != record.measurements.end());
  CHECK(leakage->measurement.value() > 0.9);
  CHECK(leakage->measurement.n() == 120);
  CHECK(std::ranges::any_of(record.measurements, [](const auto& line) {
    return line.metric.starts_with("group_distance.") && line.measurement.defined();
  }));
  CHECK_THAT(reports::audit_verdict(record).front(),
             Contains("gender. Rows tell it strongly") && !Contains("Asked for it"));

  const auto verified = [&] {
    Progress silent;
    VerifyOptions options;
    options.threads = 1;
    return verify_record(RunDirectory::record_in(folder / "out"), options, silent);
  };
  CHECK(verdict_of(verified()) == ExitCode::kPass);
  const auto checks = verified();
  CHECK(std::ranges::any_of(checks, [](const Check& check) {
    return check.what.starts_with("people file") && check.agreement == Agreement::kSame;
  }));
  CHECK(std::ranges::any_of(checks, [](const Check& check) {
    return check.what == "embedding file rows.tsv" && check.agreement == Agreement::kSame;
  }));
  tests::write_file(folder / "people.csv", people + "somebody,male\n");
  CHECK(verdict_of(verified()) == ExitCode::kRegression);
  fs::remove(folder / "people.csv");
  CHECK(verdict_of(verified()) == ExitCode::kUnreadable);
}

const Measurement* fact_on(const reports::RunRecord& record, const std::string& system,
                           std::string_view metric, const reports::Facets& facets,
                           const std::string& view = "") {
  for (const auto& line : record.measurements) {
    if (line.system == system && line.view == view && line.metric == metric &&
        line.facets == facets) {
      return &line.measurement;
    }
  }
  return nullptr;
}

TEST_CASE("A file about people adds attributes to the data set's and takes the place of its own",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan =
      plan_for_audit("link_prediction,score_gap,leakage,group_distance,parity,rank_parity");
  const TrainedElsewhere model(plan);
  const datasets::PersonAttribute& gender = *model.data.attributes.find("gender");
  const auto label = [&](EntityId e) { return model.data.labels[e.index()]; };
  // Everybody's gender is the other one; a new attribute has no entity in the graph.
  std::string people = "name,gender,handed\n";
  std::size_t count = 0;
  for (const EntityId p : gender.train_persons()) {
    const auto values = gender.train_values(p);
    if (values.size() != 1 || values[0] > 1) continue;
    people += fmt::format("{},{},{}\n", model.data.graph.entities().name(p.value),
                          label(gender.values()[1 - values[0]]), count % 3 == 0 ? "left" : "right");
    ++count;
  }
  tests::write_file(folder / "people.csv", people);
  const fs::path file = model.write(folder.path());
  static_cast<void>(audited(plan, file, folder / "alone"));
  const EmbeddingAudit done = audited(plan, file, folder / "both", [&](AuditRequest& request) {
    request.persons.people = folder / "people.csv";
  });
  CHECK(std::ranges::any_of(done.matched, [](const std::string& line) {
    return line.find("The column 'gender' takes the place") != std::string::npos;
  }));
  CHECK(std::ranges::any_of(done.not_measured, [](const std::string& line) {
    return line == "score_gap: no relation of the graph states handed";
  }));
  const auto alone = reports::read_record(RunDirectory::record_in(folder / "alone"));
  const auto both = reports::read_record(RunDirectory::record_in(folder / "both"));
  // New values are no candidates: ranks are as before.
  const reports::Facets mrr = reports::kFilteredMrr.all_facets();
  CHECK(fact_on(both, "audit", "link_prediction.mrr", mrr)->value() ==
        fact_on(alone, "audit", "link_prediction.mrr", mrr)->value());
  CHECK(both.run.graph_hash == alone.run.graph_hash);
  // The exchanged values are asked for by the graph's relation, and the gap changes its sign.
  const Measurement& gap = *fact_on(both, "audit", "score_gap.micro", {{"attribute", "gender"}});
  CHECK(gap.n() == count);
  CHECK(gap.value() < 0.0);
  CHECK(fact_on(alone, "audit", "score_gap.micro", {{"attribute", "gender"}})->value() > 0.0);
  CHECK(fact_on(both, "audit", "score_gap.micro", {{"attribute", "handed"}}) == nullptr);
  CHECK(fact_on(both, "audit", "group_distance.groups", {{"attribute", "handed"}})->value() == 2.0);
  const auto verdict = reports::audit_verdict(both);
  CHECK(std::ranges::any_of(verdict, [](const std::string& line) {
    return line.starts_with("gender.") && line.find("takes the place") != std::string::npos;
  }));
  CHECK(std::ranges::any_of(verdict,
                            [](const std::string& line) { return line.starts_with("handed."); }));

  Progress silent;
  VerifyOptions options;
  options.threads = 1;
  const auto checks = verify_record(RunDirectory::record_in(folder / "both"), options, silent);
  CHECK(verdict_of(checks) == ExitCode::kPass);
}

TEST_CASE("Intersections are attributes of an audit with a data set, and small groups are listed",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("score_gap,leakage,rank_parity,proxies");
  const TrainedElsewhere model(plan);
  static_cast<void>(
      audited(plan, model.write(folder.path()), folder / "out", [](AuditRequest& request) {
        request.persons.people_parameters.set("intersections",
                                              std::string_view("gender x religion"), "test");
        request.min_group = 20;
      }));
  const auto record = reports::read_record(RunDirectory::record_in(folder / "out"));
  const std::string both = "gender x religion";
  CHECK(fact_on(record, "audit", "leakage.classes", {{"attribute", both}, {"persons", "stated"}}) !=
        nullptr);
  CHECK(std::ranges::any_of(record.measurements, [&](const auto& line) {
    return line.metric == "rank_parity.group_rank_gap" && line.facets.at("attribute") == both;
  }));
  CHECK(fact_on(record, "audit", "proxies.largest", {{"attribute", "gender"}}) != nullptr);
  const Plan again = plan_on_record(record);
  CHECK(again.metric("leakage").count("min_group") == 20);
  CHECK(again.section("audit").text("people_options") == "intersections=gender x religion");
  CHECK(std::ranges::any_of(record.findings, [&](const reports::FindingLine& finding) {
    return finding.check == "small_groups" && finding.subject == both &&
           finding.message.find("fewer than 20 persons") != std::string::npos;
  }));
}

TEST_CASE("A preview measures erased rows beside the rows, and says that it is one",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = resolve_plan({std::nullopt,
                                  "plan",
                                  {{"dataset.planted-people.entities", "1000", "test"},
                                   {"systems", "leace", "test"},
                                   {"metrics", "link_prediction,leakage", "test"},
                                   {"metric.leakage.probes", "rows", "test"},
                                   {"training.score", "transe-l1", "test"},
                                   {"training.dimension", "8", "test"},
                                   {"training.reciprocal", "false", "test"},
                                   {"evaluation.hidden_share", "0", "test"},
                                   {"run.threads", "1", "test"}}});
  const TrainedElsewhere model(plan_for_audit());
  static_cast<void>(audited(plan, model.write(folder.path()), folder / "out",
                            [](AuditRequest& request) { request.previews = {"leace"}; }));
  const auto record = reports::read_record(RunDirectory::record_in(folder / "out"));
  CHECK(record.is_done("audit", 0));
  CHECK(record.is_done("leace", 0));
  CHECK(record.run.labels.at("leace") == "leace (preview)");
  CHECK_THAT(finding_in(record, "preview")->message, Contains("nothing was written"));
  const reports::Facets linear = {
      {"attribute", "gender"}, {"persons", "stated"}, {"probe", "linear"}};
  const double before = fact_on(record, "audit", "leakage.auc", linear)->value();
  const double after = fact_on(record, "leace", "leakage.auc", linear, "a")->value();
  INFO(before << " before, " << after << " after");
  CHECK(before > 0.6);
  CHECK(after < before - 0.05);
  CHECK(fact_on(record, "leace", "leakage.auc", linear, "s") != nullptr);
  const auto verdict = reports::audit_verdict(record);
  CHECK(std::ranges::any_of(verdict, [](const std::string& line) {
    return line.starts_with("Preview of leace (preview) [a]") &&
           line.find("gender: strongest probe AUC") != std::string::npos;
  }));
  const Plan again = plan_on_record(record);
  CHECK(again.systems == std::vector<std::string>{"audit", "leace"});
  CHECK(plan_hash(again).hex() == record.run.plan_hash);
  Progress silent;
  VerifyOptions options;
  options.threads = 1;
  CHECK(verdict_of(verify_record(RunDirectory::record_in(folder / "out"), options, silent)) ==
        ExitCode::kPass);
}

/// Word vectors of 60 people; behind each of them, `strangers` rows that belong to nobody.
struct PeopleAmongStrangers {
  explicit PeopleAmongStrangers(std::size_t strangers) {
    const Rng stream(5, "test.words");
    for (std::size_t i = 0; i < 60 * (strangers + 1); ++i) {
      const std::size_t person = i / (strangers + 1);
      const bool stranger = i % (strangers + 1) != 0;
      Rng rng = stream.at(stranger ? 1000 + i : person);
      const std::string name =
          stranger ? fmt::format("thing {}", i) : fmt::format("person {}", person);
      names += name + "\n";
      text += name;
      for (int k = 0; k < 5; ++k) {
        const double shift = k == 0 ? (person % 2 == 0 ? 1.0 : -1.0) : 0.0;
        const auto number = static_cast<float>(std::round(100.0 * (rng.normal() + shift)) / 128.0);
        text += fmt::format("\t{}", number);
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
      }
      text += "\n";
      ++rows;
    }
  }
  [[nodiscard]] std::string npy() const {
    std::string header =
        fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, 5), }}", rows);
    header.resize(117, ' ');
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + bytes;
  }

  std::string text;
  std::string names;
  std::string bytes;
  std::size_t rows = 0;
};

/// Of whom and of what the audit on record measured.
std::string measured_hash(const reports::RunRecord& record) {
  return plan_on_record(record).section("audit").text("measured");
}

TEST_CASE("An audit's hash of what was measured knows lost rows and persons, and no order of rows",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("link_prediction");
  TrainedElsewhere model(plan);
  const auto hash_of = [&](const char* name, std::size_t left_out) {
    fs::create_directories(folder / name);
    static_cast<void>(audited(plan, model.write(folder / name, left_out), folder / name / "out"));
    return measured_hash(reports::read_record(RunDirectory::record_in(folder / name / "out")));
  };
  const std::string whole = hash_of("whole", 0);
  CHECK(whole.size() == 64);
  CHECK(hash_of("fewer", 3) != whole);
  std::ranges::reverse(model.order);
  CHECK(hash_of("turned", 0) == whole);

  // Persons of a list, without a graph: one of them less.
  const PeopleAmongStrangers alone(0);
  tests::write_file(folder / "rows.tsv", alone.text);
  const auto hash_of_people = [&](int first) {
    std::string people = "name,gender\n";
    for (int i = first; i < 60; ++i) {
      people += fmt::format("person {},{}\n", i, i % 2 == 0 ? "female" : "male");
    }
    tests::write_file(folder / "people.csv", people);
    const fs::path out = folder / fmt::format("people-{}", first);
    static_cast<void>(
        audited(plan_for_audit("leakage"), folder / "rows.tsv", out, [&](AuditRequest& request) {
          request.persons.people = folder / "people.csv";
          request.persons.with_dataset = false;
        }));
    return measured_hash(reports::read_record(RunDirectory::record_in(out)));
  };
  CHECK(hash_of_people(0) != hash_of_people(1));
}

TEST_CASE("Rows that belong to nobody change no figure of an audit of people", "[run][audit]") {
  const tests::TemporaryDirectory folder;
  std::string people = "name,gender\n";
  for (int i = 0; i < 60; ++i) {
    people += fmt::format("person {},{}\n", i, i % 2 == 0 ? "female" : "male");
  }
  tests::write_file(folder / "people.csv", people);
  const PeopleAmongStrangers alone(0);
  const PeopleAmongStrangers among(3);
  tests::write_file(folder / "alone.tsv", alone.text);
  tests::write_file(folder / "among.tsv", among.text);
  tests::write_file(folder / "among.npy", among.npy());
  tests::write_file(folder / "names.txt", among.names);
  const Plan plan = plan_for_audit("leakage");
  const auto record_of = [&](const char* file, const char* names) {
    const fs::path out = folder / fmt::format("{}.out", file);
    const EmbeddingAudit done = audited(plan, folder / file, out, [&](AuditRequest& request) {
      request.persons.people = folder / "people.csv";
      request.persons.with_dataset = false;
      if (*names != '\0') request.reading.entities = folder / names;
    });
    CHECK_THAT(done.matched.front(), Contains("60 of 60 names have a row"));
    return reports::read_record(RunDirectory::record_in(out));
  };
  const reports::RunRecord expected = record_of("alone.tsv", "");
  CHECK(expected.measurements.size() > 20);
  for (const auto& [file, names] :
       {std::pair("among.tsv", ""), std::pair("among.npy", "names.txt")}) {
    CAPTURE(file);
    const reports::RunRecord record = record_of(file, names);
    CHECK(measured_hash(record) == measured_hash(expected));
    REQUIRE(record.measurements.size() == expected.measurements.size());
    for (std::size_t i = 0; i < record.measurements.size(); ++i) {
      CAPTURE(record.measurements[i].metric);
      CHECK(record.measurements[i].metric == expected.measurements[i].metric);
      CHECK(record.measurements[i].measurement == expected.measurements[i].measurement);
    }
    CHECK(std::ranges::any_of(record.run.settings, [](const auto& setting) {
      return setting == std::pair<std::string, std::string>("rows", "240");
    }));
    CHECK(std::ranges::any_of(record.findings, [](const reports::FindingLine& finding) {
      return finding.message.find("they are 25.0 % of 240 rows") != std::string::npos;
    }));
  }
}

/// Asks to stop as soon as a stage of this name begins.
class StopsAt final : public Progress {
 public:
  explicit StopsAt(std::string stage) : stage_(std::move(stage)) { watch(&stop_); }
  void begin(std::string_view stage, std::uint64_t /*total*/) override {
    if (stage.starts_with(stage_)) stop_ = true;
  }

 private:
  std::string stage_;
  std::atomic<bool> stop_ = false;
};

TEST_CASE("An audit that the user stops leaves nothing, wherever it was", "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("link_prediction,score_gap");
  const TrainedElsewhere model(plan);
  const fs::path file = model.write(folder.path());
  AuditRequest request;
  request.embedding = file;
  JobOptions job;
  job.directory = folder / "out";
  for (const char* stage : {"scoring known triples", "rank", "measuring"}) {
    CAPTURE(stage);
    StopsAt progress(stage);
    CHECK_THROWS_AS(audit_embedding(plan, request, job, progress), Interrupted);
    CHECK_FALSE(fs::exists(folder / "out"));
  }
  // Nothing is in the way of the next one.
  Progress silent;
  CHECK_NOTHROW(audit_embedding(plan, request, job, silent));
}

TEST_CASE("Of word vectors audited with a data set, rows that the graph lacks are not kept",
          "[run][audit]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_for_audit("leakage");
  Progress silent;
  const datasets::Dataset data = load_dataset(plan, "", silent);
  const Rng stream(4, "test.vectors");
  const auto line = [&](const std::string& name, std::size_t i) {
    Rng rng = stream.at(i);
    std::string text = name;
    for (int k = 0; k < 6; ++k) text += fmt::format("\t{:.5f}", rng.normal());
    return text + "\n";
  };
  std::string alone;
  std::string among = line("a stranger, the first", 1'000'000);
  for (std::size_t e = 0; e < data.graph.entity_count(); ++e) {
    alone += line(data.graph.entities().names()[e], e);
    among += line(data.graph.entities().names()[e], e);
    for (std::size_t k = 0; k < 9; ++k) {
      among += line(fmt::format("stranger {} of {}", k, e), 1000 * (e + 1) + k);
    }
  }
  tests::write_file(folder / "alone.tsv", alone);
  tests::write_file(folder / "among.tsv", among);
  const auto record_of = [&](const char* file) {
    const fs::path out = folder / fmt::format("{}.out", file);
    static_cast<void>(audited(plan, folder / file, out, [](AuditRequest& request) {
      // Room for the entities' rows and names, and for a fraction of all.
      request.reading.max_memory = 1'000'000;
    }));
    return reports::read_record(RunDirectory::record_in(out));
  };
  const reports::RunRecord expected = record_of("alone.tsv");
  const reports::RunRecord record = record_of("among.tsv");
  CHECK(expected.measurements.size() > 20);
  REQUIRE(record.measurements.size() == expected.measurements.size());
  for (std::size_t i = 0; i < record.measurements.size(); ++i) {
    CAPTURE(record.measurements[i].metric);
    CHECK(record.measurements[i].measurement == expected.measurements[i].measurement);
  }
  const reports::FindingLine* strangers = finding_in(record, "rows_without_an_entity");
  REQUIRE(strangers != nullptr);
  CHECK_THAT(strangers->message, Contains(with_thousands(9 * data.graph.entity_count() + 1)) &&
                                     Contains("no figure here looks at them"));
  CHECK_THAT(
      finding_in(record, "matched_entities")->message,
      Contains(fmt::format("of {} rows", with_thousands(10 * data.graph.entity_count() + 1))));
}

/// Two entities and one relation in the order of the file.
ForeignRows rows_of_two(const std::vector<std::vector<float>>& entities,
                        const std::vector<std::vector<float>>& relations) {
  const auto table = [](const std::vector<std::vector<float>>& rows) {
    models::FloatTable filled(rows.size(), rows.front().size());
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(rows[i], filled.row(i));
    return filled;
  };
  ForeignRows rows;
  rows.entities = table(entities);
  rows.relations.push_back({models::RelationSide::kBoth, table(relations), false});
  return rows;
}

std::vector<float> row_in(const models::FloatTable& table, std::size_t i) {
  return {table.values(i).begin(), table.values(i).end()};
}

using Row = std::vector<float>;

TEST_CASE("A table has the graph's order, lengths of 1 where the reading asks for them",
          "[run][audit]") {
  const ForeignRows rows = rows_of_two({{3, 4}, {0, 2}, {0, 0}}, {{0, 5}});
  const std::vector<std::uint32_t> entities = {1, 0, 2, kNoRow};
  const std::vector<std::uint32_t> relations = {0};
  Reading reading;
  reading.score = {"transe-l2", 2, true, models::ComplexLayout::kNone};
  const auto table = table_of(rows, reading, {entities, relations});
  CHECK(row_in(table->entities, 0) == Row{0, 1});
  CHECK(row_in(table->entities, 1) == Row{0.6F, 0.8F});
  CHECK(row_in(table->entities, 2) == Row{0, 0});
  CHECK(row_in(table->entities, 3) == Row{0, 0});
  CHECK(row_in(table->relations, 0) == Row{0, 5});
  CHECK_FALSE(table->reciprocal);
  reading.relations_too = true;
  CHECK(row_in(table_of(rows, reading, {entities, relations})->relations, 0) == Row{0, 1});
}

TEST_CASE("Two relation tables rank tails and heads, and change places when the reading says so",
          "[run][audit]") {
  ForeignRows rows = rows_of_two({{1, 2}}, {{10, 11}, {20, 21}});
  rows.relations.front().side = models::RelationSide::kTails;
  rows.relations.push_back(rows.relations.front());
  rows.relations.back().side = models::RelationSide::kHeads;
  rows.relations.back().rows.row(1)[0] = 99;
  const std::vector<std::uint32_t> entities = {0};
  const std::vector<std::uint32_t> relations = {1};
  Reading reading;
  reading.score.score = "transe-dot";
  const auto stated = table_of(rows, reading, {entities, relations});
  CHECK(stated->reciprocal);
  CHECK(row_in(stated->relations, 0) == Row{20, 21});
  CHECK(row_in(stated->relations, 1) == Row{99, 21});
  reading.exchanged = true;
  CHECK(row_in(table_of(rows, reading, {entities, relations})->relations, 0) == Row{99, 21});
}

TEST_CASE("Inverse relations stand in turns or behind, and end behind", "[run][audit]") {
  const ForeignRows rows = rows_of_two({{0, 0}}, {{1, 1}, {2, 2}, {3, 3}, {4, 4}});
  const std::vector<std::uint32_t> entities = {0};
  const std::vector<std::uint32_t> relations = {0, 1};
  Reading reading;
  reading.score.score = "distmult";
  reading.inverse = models::InverseLayout::kInterleaved;
  const auto turns = table_of(rows, reading, {entities, relations});
  CHECK(row_in(turns->relations, 1) == Row{3, 3});
  CHECK(row_in(turns->relations, 2) == Row{2, 2});
  reading.inverse = models::InverseLayout::kAppended;
  const auto behind = table_of(rows, reading, {entities, relations});
  CHECK(row_in(behind->relations, 1) == Row{2, 2});
  CHECK(row_in(behind->relations, 2) == Row{3, 3});
}

TEST_CASE("Complex rows become halves, and rotations angles", "[run][audit]") {
  ForeignRows rows = rows_of_two({{1, 2, 3, 4}}, {{0, 1, 1, 0}});
  const std::vector<std::uint32_t> one = {0};
  Reading reading;
  reading.score = {"complex", std::nullopt, false, models::ComplexLayout::kInterleaved};
  const auto complex = table_of(rows, reading, {one, one});
  CHECK(row_in(complex->entities, 0) == Row{1, 3, 2, 4});
  CHECK(row_in(complex->relations, 0) == Row{0, 1, 1, 0});
  reading.score.score = "rotate";
  const auto turned = table_of(rows, reading, {one, one});
  REQUIRE(turned->relations.width() == 2);
  CHECK(turned->relations.row(0)[0] == Approx(std::acos(-1.0) / 2.0));
  CHECK(turned->relations.row(0)[1] == 0.0F);
  rows = rows_of_two({{1, 2, 3, 4}}, {{2, 4}});
  rows.phase_scale = 0.5;
  CHECK(row_in(table_of(rows, reading, {one, one})->relations, 0) == Row{1, 2});
}

}  // namespace
}  // namespace kgaudit::run
