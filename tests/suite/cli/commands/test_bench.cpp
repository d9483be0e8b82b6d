#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/suite/cli/program_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::cli {
namespace {

using Catch::Matchers::Contains;
using tests::Outcome;
using tests::ProgramRun;

/// Two systems, of which Neutral alone diverges.
const std::string kDiverging =
    std::string(tests::kTinyBench) +
    "--systems basic,neutral --set training.optimizer=sgd --set training.learning_rate=0.01 "
    "--set training.initial_scale=0.1 --set system.neutral.update=sgd "
    "--set system.neutral.learning_rate=1000 --set system.neutral.weight_gender=1000000 --out run ";

TEST_CASE("A bench with a system that diverges ends well and says so", "[cli][bench]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(kDiverging);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.err, Contains("warning: neutral, seed 0: diverged at epoch 1"));
  CHECK_THAT(outcome.out, Contains("undef."));
  CHECK(kgaudit("verify run --rerun neutral:0").exit_code == 0);
  const Outcome report = kgaudit("report run --out report");
  INFO(report.err);
  CHECK(report.exit_code == 0);
  CHECK_THAT(tests::read_file(kgaudit.folder() / "report/report.md"),
             Contains("diverged at epoch 1"));
}

TEST_CASE("A bench prints what it noticed about the data, with counts and names to look up",
          "[cli][bench]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(std::string(tests::kTinyBench) + "--out run --json");
  REQUIRE(outcome.exit_code == 0);
  const auto findings = nlohmann::json::parse(outcome.out)["data_findings"];
  const auto of = [&](const std::string& check, const std::string& subject) {
    const auto at = std::ranges::find_if(findings, [&](const auto& one) {
      return one["check"] == check && one["subject"] == subject;
    });
    REQUIRE(at != findings.end());
    const auto message = (*at)["message"].template get<std::string>();
    return message.substr(0, message.find(':'));
  };
  const Outcome shown = kgaudit(std::string(tests::kTinyBench) + "--out again");
  CHECK_THAT(shown.out, Contains("about the data (kgaudit explain NAME says what each means):") &&
                            Contains("\n  unknown_persons: gender " +
                                     of("unknown_persons", "gender") + ", ") &&
                            Contains("nationality " + of("several_values", "nationality")));
  CHECK(kgaudit("explain unknown_persons").exit_code == 0);
}

TEST_CASE("A sweep of which every training diverges ends with 7 and says so, also when quiet",
          "[cli][bench]") {
  const ProgramRun kgaudit;
  const Outcome outcome =
      kgaudit(kDiverging + "--systems neutral --sweep system.neutral.weight_gender=1000000 -q");
  CHECK(outcome.exit_code == 7);
  CHECK_THAT(outcome.err, Contains("nothing was measured") && Contains("run/sweep.jsonl"));
}

TEST_CASE("A bench of which every training diverges ends with 7", "[cli][bench]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(kDiverging + "--systems neutral");
  CHECK(outcome.exit_code == 7);
  CHECK_THAT(outcome.err, Contains("nothing was measured"));
}

}  // namespace
}  // namespace kgaudit::cli
