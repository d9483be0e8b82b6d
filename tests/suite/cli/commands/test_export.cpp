#include <map>

#include <nlohmann/json.hpp>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "suite/compare/compared_measures.hpp"
#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kKeptBench =
    "bench --set dataset.planted-people.entities=1000 --epochs 3 --dimension 8 --seeds 1 --seed 2 "
    "--systems basic,kl+attr --metrics link_prediction,score_gap --threads 1 --keep-embeddings "
    "--out run";

using Key = std::tuple<std::string, std::string, reports::Facets>;

std::map<Key, Measurement> facts_in(const fs::path& folder, const std::string& system) {
  std::map<Key, Measurement> facts;
  for (const auto& line : reports::read_record(folder / "record.jsonl").measurements) {
    if (line.system != system || reports::of_training(line.metric)) continue;
    if (run::is_significance(line.metric)) continue;
    facts.insert_or_assign({line.view, line.metric, line.facets}, line.measurement);
  }
  return facts;
}

TEST_CASE("An export is audited without options and gives the figures of the run",
          "[cli][export]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(kKeptBench).exit_code == 0);
  const Outcome exported = kgaudit(
      "export run --system kl+attr --seed 2 --format npy,tsv,word2vec,safetensors --out out");
  INFO(exported.out << exported.err);
  REQUIRE(exported.exit_code == 0);
  CHECK_THAT(exported.err, Contains("state the") && Contains("of every person"));
  for (const char* name :
       {"entity_embeddings.npy", "entity_embeddings.tsv", "entity_embeddings.w2v.txt",
        "entity_embeddings.safetensors", "relation_embeddings.npy", "entity_ids.json",
        "gender_vectors_embeddings.npy", "kgaudit_embedding.json"}) {
    INFO(name);
    CHECK(fs::exists(kgaudit.folder() / "out" / name));
    CHECK_THAT(exported.out, Contains(name));
  }
  const Outcome audit = kgaudit("audit out --dataset planted-people --threads 1 --out audited");
  INFO(audit.out << audit.err);
  REQUIRE(audit.exit_code == 0);
  const auto recorded = facts_in(kgaudit.folder() / "run", "kl+attr");
  const auto again = facts_in(kgaudit.folder() / "audited", "audit");
  CHECK(again.size() > 50);
  for (const auto& [key, measurement] : again) {
    INFO(std::get<0>(key) << " " << std::get<1>(key));
    const auto found = recorded.find(key);
    REQUIRE(found != recorded.end());
    CHECK(found->second == measurement);
  }
  CHECK(kgaudit("verify audited --no-rerun").exit_code == 0);

  const Outcome alone =
      kgaudit("export run --system kl+attr --format npy --without-vectors --json");
  const Json json = Json::parse(alone.out);
  CHECK(json["attribute_vectors"].empty());
  CHECK(json["entities"] == 1000);
  CHECK_THAT(json["directory"].get<std::string>(), Contains("run/exports/kl+attr-seed2"));
  CHECK_FALSE(
      fs::exists(kgaudit.folder() / "run/exports/kl+attr-seed2/gender_vectors_embeddings.npy"));
}

TEST_CASE("A plan that comes with rows does not say where an audit writes", "[cli][export]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(kKeptBench).exit_code == 0);
  REQUIRE(kgaudit("export run --system basic --format npy --out rows").exit_code == 0);
  const fs::path about = kgaudit.folder() / "rows" / "kgaudit_embedding.json";
  Json json = Json::parse(read_file(about));
  json.at("origin").at("plan").at("tables")["run"] = {
      {"out", (kgaudit.folder() / "elsewhere").string()}};
  write_file(about, json.dump());
  const Outcome audit = kgaudit("audit rows --metrics score_gap --threads 1");
  INFO(audit.out << audit.err);
  CHECK(audit.exit_code == 0);
  CHECK_FALSE(fs::exists(kgaudit.folder() / "elsewhere"));
  CHECK(fs::exists(kgaudit.folder() / "kgaudit-runs"));
}

TEST_CASE("Verify of an audit reads no file outside the folder of the rows, and misses none",
          "[cli][export]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(kKeptBench).exit_code == 0);
  REQUIRE(kgaudit("export run --system basic --format npy --out rows").exit_code == 0);
  REQUIRE(kgaudit("audit rows --metrics score_gap --threads 1 --out audited").exit_code == 0);
  const fs::path record = kgaudit.folder() / "audited" / "record.jsonl";
  const std::string text = read_file(record);
  const std::string subject = "\"subject\":\"entity_embeddings.npy\"";
  const std::size_t at = text.find(subject);
  REQUIRE(at != std::string::npos);
  for (const char* other : {"/etc/passwd", "../people.csv"}) {
    INFO(other);
    std::string changed = text;
    changed.replace(at, subject.size(), std::string("\"subject\":\"") + other + "\"");
    write_file(record, changed);
    const Outcome outcome = kgaudit("verify audited --no-rerun");
    CHECK(outcome.exit_code == 6);
    CHECK_THAT(outcome.err, Contains(other));
  }
  write_file(record, text);
  CHECK(kgaudit("verify audited --no-rerun").exit_code == 0);
  fs::rename(kgaudit.folder() / "rows", kgaudit.folder() / "moved");
  const Outcome gone = kgaudit("verify audited --no-rerun");
  CHECK(gone.exit_code == 5);
  CHECK_THAT(gone.out + gone.err, Contains("no such file or folder"));
}

TEST_CASE("Export refuses what it can't do, with what to type", "[cli][export]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  const Outcome none = kgaudit("export run --system kl --format npy");
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.err, Contains("kgaudit bench --keep-embeddings"));
  const Outcome late = kgaudit(std::string(kTinyBench) + "--keep-embeddings --resume --out run");
  CHECK(late.exit_code == 0);
  CHECK_THAT(late.err, Contains("ended without --keep-embeddings") && Contains("another --out"));
  CHECK(kgaudit("export run --format nyp").exit_code == 2);
  CHECK(kgaudit("export nowhere").exit_code == 5);
  CHECK(kgaudit(std::string(kTinyBench) + "--keep-embeddings --sweep 2").exit_code == 2);
}

}  // namespace
}  // namespace kgaudit::tests
