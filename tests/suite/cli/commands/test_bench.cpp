#include <string>

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
