#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit::tests;
using Catch::Matchers::Contains;

TEST_CASE("A gate passes the same run, fails a worse one and knows one of other data",
          "[cli][gate]") {
  const ProgramRun kgaudit;
  const std::string bench =
      "bench --set dataset.planted-people.entities=1000 --dimension 8 --seeds 3 --systems basic "
      "--metrics link_prediction,score_gap --threads 1 ";
  REQUIRE(kgaudit(bench + "--epochs 4 --out good").exit_code == 0);
  REQUIRE(kgaudit(bench + "--epochs 1 --out worse").exit_code == 0);
  REQUIRE(kgaudit(bench + "--epochs 1 --set dataset.planted-people.seed=5 --out other").exit_code ==
          0);

  // The first run without a baseline says what to do, and doing it works.
  const Outcome first = kgaudit("gate check good");
  CHECK(first.exit_code == 4);
  CHECK_THAT(first.err, Contains("kgaudit gate init RUN"));
  const Outcome init = kgaudit("gate init good");
  CHECK(init.exit_code == 0);
  CHECK_THAT(init.out, Contains("kgaudit-baseline.json") && Contains("kgaudit.toml"));
  CHECK(kgaudit("gate init good").exit_code == 2);

  const Outcome same = kgaudit("gate check good");
  CHECK(same.exit_code == 0);
  CHECK_THAT(same.out, Contains("Pass: "));

  const Outcome worse = kgaudit("gate check worse --write junit,markdown,sarif --out ci");
  CHECK(worse.exit_code == 1);
  CHECK_THAT(worse.out,
             Contains("Regression: ") && Contains("basic / MRR") && Contains("kgaudit.toml:"));
  CHECK_THAT(read_file(kgaudit.folder() / "ci/gate.md"), Contains("basic / MRR"));
  CHECK_THAT(read_file(kgaudit.folder() / "ci/gate-junit.xml"), Contains("<failure"));
  const Outcome reported = kgaudit("gate check worse --report-only --json");
  CHECK(reported.exit_code == 0);
  CHECK(nlohmann::json::parse(reported.out)["exit_code"] == 1);
  CHECK_THAT(reported.err, Contains("ends with 0 in place of 1"));

  const Outcome other = kgaudit("gate check other");
  CHECK(other.exit_code == 4);
  CHECK_THAT(other.out, Contains("Not comparable"));

  CHECK(kgaudit("gate update worse --reason ' '").exit_code == 2);
  CHECK(kgaudit("gate update worse --reason 'fewer epochs are wanted'").exit_code == 0);
  CHECK(kgaudit("gate check worse").exit_code == 0);
  const Outcome shown = kgaudit("gate show");
  CHECK_THAT(shown.out, Contains("first baseline") && Contains("fewer epochs are wanted"));
  CHECK(kgaudit("gate diff good").exit_code == 0);
  // Two records without a baseline in between.
  CHECK(kgaudit("gate check worse --against good").exit_code == 1);
}

TEST_CASE("A gate refuses a typing slip, an edited baseline and a missing file", "[cli][gate]") {
  const ProgramRun kgaudit;
  REQUIRE(kgaudit(std::string(kTinyBench) + "--out run").exit_code == 0);
  REQUIRE(kgaudit("gate init run").exit_code == 0);
  const Outcome format = kgaudit("gate check run --write junt");
  CHECK(format.exit_code == 2);
  CHECK_THAT(format.err, Contains("'junit'"));
  const std::string rules = read_file(kgaudit.folder() / "kgaudit.toml");
  write_file(kgaudit.folder() / "kgaudit.toml",
             rules + "\n[[gate.rule]]\nfigure = \"mrr_otherz\"\nmargin = 1\n");
  const Outcome slip = kgaudit("gate check run");
  CHECK(slip.exit_code == 2);
  CHECK_THAT(slip.err, Contains("'mrr_others'"));
  write_file(kgaudit.folder() / "kgaudit.toml", rules);
  write_file(kgaudit.folder() / "kgaudit-baseline.json", "{\"schema\": 1");
  CHECK(kgaudit("gate check run").exit_code == 5);
  CHECK(kgaudit("gate check nowhere").exit_code == 5);
}
