#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

constexpr const char* kTiny =
    "--set dataset.planted-people.entities=1000 --epochs 1 --dimension 4 --seeds 1 --systems "
    "basic,bose --threads 1 --set metric.leakage.permutations=0 ";

TEST_CASE("A small tune prints what it found and writes a plan that bench runs", "[cli][tune]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(std::string("tune --budget 2 --out search ") + kTiny);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("gamma") && Contains("valid MRR") &&
                              Contains("search/tuned.toml") && Contains("search/search.jsonl"));
  CHECK_THAT(outcome.err, Contains("objective: highest validation MRR"));
  CHECK(kgaudit("bench --plan search/tuned.toml --metrics score_gap --out run").exit_code == 0);
  const Outcome again = kgaudit(std::string("tune --budget 2 --out search ") + kTiny);
  CHECK(again.exit_code == 2);
  CHECK_THAT(again.err, Contains("--resume"));
  CHECK(kgaudit(std::string("tune --budget 3 --out search --resume ") + kTiny).exit_code == 4);
  const Outcome json =
      kgaudit(std::string("tune --budget 2 --out search --resume --json ") + kTiny);
  CHECK(json.exit_code == 0);
  CHECK(Json::parse(json.out)["table"]["rows"].size() == 2);
}

TEST_CASE("An interrupted tune ends with 130, keeps the best so far and resumes", "[cli][tune]") {
  const ProgramRun kgaudit;
  const std::string tune = std::string("tune --budget 3 --out search ") + kTiny;
  CHECK(kgaudit(tune + "--stop-after-trials 2").exit_code == 130);
  CHECK(std::filesystem::exists(kgaudit.folder() / "search" / "tuned.toml"));
  CHECK(kgaudit(tune + "--resume").exit_code == 0);
}

TEST_CASE("A sweep names the optimal runs and draws the trade-off", "[cli][bench]") {
  const ProgramRun kgaudit;
  const std::string sweep = std::string(
                                "bench --sweep system.bose.gamma=1,100 --metrics "
                                "link_prediction,score_gap,leakage --out sweep ") +
                            kTiny;
  const Outcome outcome = kgaudit(sweep);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("Pareto-optimal: ") && Contains("bose-02") &&
                              Contains("gamma 100") && Contains("basic-01"));
  for (const char* file : {"sweep.md", "sweep.csv", "sweep.json", "figures/sweep_score_gap.gp",
                           "bose-01/record.jsonl", "bose-02/record.jsonl"}) {
    CAPTURE(file);
    CHECK(std::filesystem::exists(kgaudit.folder() / "sweep" / file));
  }
  CHECK(kgaudit(sweep).exit_code == 2);
  const Outcome resumed = kgaudit(sweep + "--resume");
  CHECK(resumed.out == outcome.out);
  CHECK(
      kgaudit(std::string("bench --sweep --stop-after-epochs 1 --dump-plan ") + kTiny).exit_code ==
      0);
}

TEST_CASE("A sweep or a search that makes no sense ends with code 2", "[cli][errors]") {
  const ProgramRun kgaudit;
  for (const char* arguments :
       {"bench --sweep 1", "bench --sweep system.bose.gama=1", "bench --sweep gamma",
        "tune --budget 0", "tune --budget many", "tune --gap-reduction 2", "tune --bugdet 3"}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK_FALSE(outcome.err.empty());
  }
}

}  // namespace
}  // namespace kgaudit::tests
