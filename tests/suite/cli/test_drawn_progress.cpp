#include <sstream>
#include <string>

#include "tests/suite/cli/program_run.hpp"

namespace kgaudit::tests {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("A run of many seconds shows the share of the whole, the time left and signs of life",
          "[cli][output]") {
  const ProgramRun kgaudit;
  // Long enough for one plain line and a few dots.
  const Outcome outcome = kgaudit(
      "bench --set dataset.planted-people.entities=2000 --epochs 2000 --dimension 32 --seeds 2 "
      "--systems basic,kl --metrics link_prediction --threads 1 --out run",
      "timeout --signal=INT 14");
  INFO(outcome.err);
  std::istringstream lines(outcome.err);
  bool dots = false;
  std::string shown;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.find_first_not_of('.') == std::string::npos) dots = true;
    if (line.find(" left; seed 1 of 2; training, seed 0: ") != std::string::npos) shown = line;
  }
  CHECK(dots);
  CHECK_THAT(shown, Contains(" % of training, about ") && Contains("epoch"));
}

TEST_CASE("A wish to stop in a long epoch is answered at once, and the epoch is saved",
          "[cli][output]") {
  const ProgramRun kgaudit;
  const Outcome outcome = kgaudit(
      "bench --set dataset.planted-people.entities=8000 --epochs 2 --dimension 400 "
      "--set training.uniform_negatives=400 --systems basic --metrics link_prediction "
      "--threads 1 --out run",
      "timeout --preserve-status --signal=INT 1");
  INFO(outcome.err);
  CHECK(outcome.exit_code == 130);
  CHECK_THAT(outcome.err, Contains("stopping when this step is done; Ctrl-C again ends at once"));
  CHECK_THAT(read_file(kgaudit.folder() / "run" / "record.jsonl"), Contains("\"kind\":\"epoch\""));
}

}  // namespace
}  // namespace kgaudit::tests
