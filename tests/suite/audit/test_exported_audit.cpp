#include <algorithm>
#include <map>

#include "datasets/people_dataset.hpp"
#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/embedding_writer.hpp"
#include "models/scoring/score_function.hpp"
#include "reports/record/rows.hpp"
#include "suite/audit/embedding_audit.hpp"
#include "suite/audit/verification.hpp"
#include "suite/base/error.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/kept_embeddings.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/runner.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

Plan plan_to_keep(const char* systems, const char* metrics = "link_prediction,score_gap",
                  std::vector<Assignment> more = {}) {
  PlanSources sources{std::nullopt,
                      "plan",
                      {{"dataset.planted-people.entities", "1000", "test"},
                       {"systems", systems, "test"},
                       {"seed", "5", "test"},
                       {"seeds", "1", "test"},
                       {"metrics", metrics, "test"},
                       {"training.dimension", "8", "test"},
                       {"training.epochs", "3", "test"},
                       {"run.threads", "1", "test"}}};
  sources.assignments.insert(sources.assignments.end(), more.begin(), more.end());
  return resolve_plan(sources);
}

void run_and_keep(const Plan& plan, const fs::path& folder) {
  RunOptions options;
  options.directory = folder;
  options.keep_embeddings = true;
  Progress silent;
  Runner(plan, std::move(options), silent).run();
}

reports::RunRecord audit_of(const Plan& plan, const fs::path& embedding, const fs::path& out) {
  AuditRequest request;
  request.embedding = embedding;
  JobOptions job;
  job.directory = out;
  Progress silent;
  static_cast<void>(audit_embedding(plan, request, job, silent));
  return reports::read_record(RunDirectory::record_in(out));
}

/// Compares every fact of the audit with that of the run; returns how many they are.
std::size_t check_figures(const reports::RunRecord& audit, const reports::RunRecord& run,
                          const models::RunOrigin& origin, bool rows_alone = false) {
  const std::string own = rows_alone ? "rows" : reports::row_of(origin.view);
  std::size_t compared = 0;
  for (const reports::MeasurementLine& line : audit.measurements) {
    if (is_significance(line.metric)) continue;
    CHECK(line.seed == origin.seed);
    const std::string row = line.view.empty() ? own : line.view;
    const auto same = std::ranges::find_if(run.measurements, [&](const auto& other) {
      return other.system == origin.system && other.view == row && other.seed == origin.seed &&
             other.metric == line.metric && other.facets == line.facets;
    });
    INFO(origin.system << " [" << row << "] " << line.metric);
    for (const auto& [name, value] : line.facets) UNSCOPED_INFO(name << " " << value);
    REQUIRE(same != run.measurements.end());
    CHECK(same->measurement == line.measurement);
    ++compared;
  }
  return compared;
}

TEST_CASE("An audit of kept and exported rows gives the record's own figures to the bit",
          "[run][audit][kept]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_to_keep("basic,bose,kl+attr", "link_prediction,score_gap,question");
  REQUIRE(plan.evaluation().real("hidden_share") > 0.0);
  run_and_keep(plan, folder / "run");
  const reports::RunRecord run = reports::read_record(RunDirectory::record_in(folder / "run"));
  const std::vector<KeptEmbedding> kept = kept_embeddings(folder / "run");
  std::vector<std::string> names;
  for (const KeptEmbedding& one : kept) names.push_back(one.name());
  CHECK_THAT(names, Catch::Matchers::VectorContains(std::string("basic, seed 5")) &&
                        Catch::Matchers::VectorContains(std::string("bose [a], seed 5")) &&
                        Catch::Matchers::VectorContains(std::string("kl+attr, seed 5")));
  std::size_t number = 0;
  for (const models::OutputFormat* format : models::output_formats()) {
    const KeptEmbedding& one = kept[number++ % kept.size()];
    INFO(one.name() << " as " << format->id);
    const fs::path out = folder.path() / std::string(format->id);
    MemoryBudget budget;
    const auto formats = {format};
    static_cast<void>(models::write_embedding(models::read_foreign_embedding(one.folder), formats,
                                              out / "rows", "rows", budget));
    CHECK(check_figures(audit_of(plan, out / "rows", out / "audit"), run, one.origin) > 50);
  }
  for (const KeptEmbedding& one : kept) {
    INFO(one.name());
    const fs::path out = folder.path() / ("audit of " + one.folder.filename().string());
    const reports::RunRecord audit = audit_of(plan, one.folder, out);
    CHECK(check_figures(audit, run, one.origin) > 50);
    CHECK(audit.run.graph_hash == run.run.graph_hash);
    if (one.origin.system != "kl+attr") continue;
    // With vectors the audit has the rows of what is published too.
    for (const char* row : {"", "rows", "whole"}) {
      CHECK(std::ranges::any_of(audit.measurements,
                                [&](const auto& line) { return line.view == row; }));
    }
    models::ForeignEmbedding alone = models::read_foreign_embedding(one.folder);
    CHECK(alone.attribute_vectors.size() == 4);
    CHECK(alone.finding("attribute-vectors") != nullptr);
    alone.attribute_vectors.clear();
    alone.origin->vectors_left_out = true;
    MemoryBudget budget;
    const auto formats = {&models::find_output_format("npy")};
    static_cast<void>(models::write_embedding(alone, formats, folder / "alone", "alone", budget));
    CHECK(models::read_foreign_embedding(folder / "alone").finding("no-attribute-vectors") !=
          nullptr);
    CHECK(check_figures(audit_of(plan, folder / "alone", folder / "audit of rows"), run, one.origin,
                        true) > 50);
  }
}

TEST_CASE("Every score's rows are kept with the one reading that is theirs", "[run][audit][kept]") {
  for (const models::ScoreEntry* score : models::scores()) {
    for (const char* reciprocal : {"false", "true"}) {
      INFO(score->id << ", reciprocal " << reciprocal);
      const tests::TemporaryDirectory folder;
      const Plan plan = plan_to_keep("basic", "link_prediction",
                                     {{"training.score", std::string(score->id), "test"},
                                      {"training.reciprocal", reciprocal, "test"},
                                      {"training.epochs", "1", "test"}});
      run_and_keep(plan, folder / "run");
      const KeptEmbedding kept = chosen_kept_embedding(folder / "run", {});
      const models::ForeignEmbedding embedding = models::read_foreign_embedding(kept.folder);
      const std::vector<Reading> readings = readings_of(embedding, "kept");
      REQUIRE(readings.size() == 1);
      CHECK(readings[0].score.score == score->id);
      CHECK(embedding.formula == score->formula);
      const reports::RunRecord run = reports::read_record(RunDirectory::record_in(folder / "run"));
      CHECK(check_figures(audit_of(plan, kept.folder, folder / "audit"), run, kept.origin) > 10);
    }
  }
}

TEST_CASE("Kept rows that are audited with other data are another's, and the audit says so",
          "[run][audit][kept]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = plan_to_keep("basic");
  run_and_keep(plan, folder / "run");
  const KeptEmbedding kept = chosen_kept_embedding(folder / "run", {"basic", "", "5"});
  const Plan nobody = plan_to_keep("basic", "link_prediction,score_gap",
                                   {{"evaluation.hidden_share", "0", "test"}});
  const reports::RunRecord audit = audit_of(nobody, kept.folder, folder / "audit");
  CHECK(std::ranges::any_of(audit.findings, [](const reports::FindingLine& finding) {
    return finding.check == "other_data" && finding.level == "warning";
  }));
  CHECK(audit.done.front().seed == 0);
}

TEST_CASE("Kept rows that are not those that were written are refused, and verify names them",
          "[run][audit][kept]") {
  const tests::TemporaryDirectory folder;
  Plan plan = plan_to_keep("basic", "link_prediction");
  plan.seeds = {5, 6};
  run_and_keep(plan, folder / "run");
  const auto verified = [&] {
    Progress silent;
    return verify_record(RunDirectory::record_in(folder / "run"), {}, silent);
  };
  const auto about_kept = [](const std::vector<Check>& checks) {
    std::vector<std::string> said;
    for (const Check& check : checks) {
      if (check.what.starts_with("kept")) said.push_back(check.what + ": " + check.detail);
    }
    return said;
  };
  CHECK(about_kept(verified()) ==
        std::vector<std::string>{"kept embeddings: SHA-256 of the files of 2 of 2"});
  const KeptEmbedding one = chosen_kept_embedding(folder / "run", {"", "", "5"});
  const KeptEmbedding other = chosen_kept_embedding(folder / "run", {"", "", "6"});
  const char* rows = "entity_embeddings.npy";
  fs::copy_file(other.folder / rows, one.folder / rows, fs::copy_options::overwrite_existing);
  CHECK_THROWS_WITH(models::read_foreign_embedding(one.folder),
                    Contains(rows) && Contains("the file is of another embedding"));
  CHECK_NOTHROW(models::read_foreign_embedding(other.folder));
  const std::vector<Check> checks = verified();
  const std::vector<std::string> said = about_kept(checks);
  REQUIRE(said.size() == 2);
  CHECK_THAT(said[0], Contains("basic, seed 5") && Contains(rows));
  CHECK_THAT(said[1], Contains("1 of 2"));
  CHECK(verdict_of(checks) == ExitCode::kUnreadable);
}

TEST_CASE("A run without kept rows, and a choice that fits none or several, are refused by name",
          "[run][kept]") {
  const tests::TemporaryDirectory folder;
  CHECK_THROWS_WITH(chosen_kept_embedding(folder / "run", {}), Contains("no such folder"));
  std::filesystem::create_directory(folder / "kept nothing");
  CHECK_THROWS_WITH(chosen_kept_embedding(folder / "kept nothing", {}),
                    Contains("--keep-embeddings"));
  run_and_keep(plan_to_keep("basic,kl", "link_prediction"), folder / "run");
  CHECK_THROWS_WITH(chosen_kept_embedding(folder / "run", {}),
                    Contains("2 embeddings that fit") && Contains("basic, seed 5"));
  CHECK_THROWS_WITH(chosen_kept_embedding(folder / "run", {"kk", "", ""}),
                    Contains("did you mean 'kl'"));
  CHECK_THROWS_WITH(chosen_kept_embedding(folder / "run", {"kl", "", "4"}), Contains("'4'"));
  CHECK_THROWS_WITH(chosen_kept_embedding(folder / "run", {"kl", "x", ""}),
                    Contains("'x'") && Contains("no --view: these embeddings have one row each"));
  CHECK(chosen_kept_embedding(folder / "run", {"kl", "", ""}).name() == "kl, seed 5");
}

}  // namespace
}  // namespace kgaudit::run
