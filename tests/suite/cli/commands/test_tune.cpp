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
                                "link_prediction,question,leakage --out sweep ") +
                            kTiny;
  const Outcome outcome = kgaudit(sweep);
  INFO(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("Pareto-optimal: ") && Contains("bose-02") &&
                              Contains("gamma 100") && Contains("basic-01"));
  for (const char* file : {"sweep.md", "sweep.csv", "sweep.json", "figures/sweep_question.gp",
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

TEST_CASE("The command that a search ends with measures what it found", "[cli][tune]") {
  const ProgramRun kgaudit;
  const Outcome tuned = kgaudit(std::string("tune --budget 1 --out search ") + kTiny);
  REQUIRE(tuned.exit_code == 0);
  const std::string before = "to measure on test triples: kgaudit ";
  const std::size_t at = tuned.err.find(before);
  REQUIRE(at != std::string::npos);
  const std::string command = tuned.err.substr(at + before.size());
  const Outcome measured = kgaudit(command.substr(0, command.find('\n')));
  INFO(measured.err);
  CHECK(measured.exit_code == 0);
  CHECK(std::filesystem::exists(kgaudit.folder() / "kgaudit-runs"));
}

TEST_CASE("A report makes the table of a search again from its record alone", "[cli][report]") {
  const ProgramRun kgaudit;
  const Outcome tuned = kgaudit(std::string("tune --budget 2 --out search ") + kTiny);
  REQUIRE(tuned.exit_code == 0);
  const Outcome report = kgaudit("report search");
  INFO(report.err);
  CHECK(report.exit_code == 0);
  CHECK_THAT(report.out, Contains("gamma") && Contains("valid MRR"));
  CHECK(tuned.out.starts_with(report.out));

  std::filesystem::create_directory(kgaudit.folder() / "alone");
  std::filesystem::copy_file(kgaudit.folder() / "search" / "search.jsonl",
                             kgaudit.folder() / "alone" / "found.jsonl");
  CHECK(kgaudit("report alone/found.jsonl").out == report.out);
  const Outcome json = kgaudit("report --json alone/found.jsonl");
  const Outcome tuned_json =
      kgaudit(std::string("tune --budget 2 --out search --resume --json ") + kTiny);
  Json again = Json::parse(json.out);
  CHECK(again["schema"] == 1);
  again.erase("schema");
  CHECK(again == Json::parse(tuned_json.out)["table"]);

  CHECK(kgaudit("report search --out report").exit_code == 0);
  for (const char* file :
       {"report.html", "report.md", "report.tex", "report.json", "tuning.csv", "trials.csv"}) {
    CAPTURE(file);
    CHECK(std::filesystem::exists(kgaudit.folder() / "report" / file));
  }
  CHECK(kgaudit("report search --format csv").out.starts_with("system,"));
  for (const char* wrong : {"report search search", "report search --reference basic",
                            "report search --compare", "report none"}) {
    INFO(wrong);
    CHECK(kgaudit(wrong).exit_code != 0);
  }
  for (const std::string option :
       {"--brief --format md", "--table", "--columns mrr", "--systems basic", "--attributes gender",
        "--spread sd", "--max-bytes 900 --out small"}) {
    INFO(option);
    const Outcome refused = kgaudit("report search " + option);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.err, Contains(option.substr(0, option.find(' ')) +
                                     ": beside a search or a sweep, search"));
  }
}

TEST_CASE("A report makes the table and the figures of a sweep again from its record alone",
          "[cli][report]") {
  const ProgramRun kgaudit;
  const Outcome swept = kgaudit(std::string("bench --sweep system.bose.gamma=1,100 --metrics "
                                            "link_prediction,question,leakage --out sweep ") +
                                kTiny);
  REQUIRE(swept.exit_code == 0);
  const Outcome report = kgaudit("report sweep");
  INFO(report.err);
  CHECK(report.exit_code == 0);
  CHECK_THAT(report.out, Contains("Pareto-optimal: ") && Contains("gamma 100"));
  CHECK(swept.out.starts_with(report.out));
  std::filesystem::create_directory(kgaudit.folder() / "alone");
  std::filesystem::copy_file(kgaudit.folder() / "sweep" / "sweep.jsonl",
                             kgaudit.folder() / "alone" / "swept.jsonl");
  CHECK(kgaudit("report alone/swept.jsonl --out again").exit_code == 0);
  CHECK(read_file(kgaudit.folder() / "again" / "sweep.csv") ==
        read_file(kgaudit.folder() / "sweep" / "sweep.csv"));
  CHECK(read_file(kgaudit.folder() / "again" / "figures" / "sweep_question.dat") ==
        read_file(kgaudit.folder() / "sweep" / "figures" / "sweep_question.dat"));
}

TEST_CASE("A search in which one system diverges ends well, resumes and is reported",
          "[cli][tune][divergence]") {
  const ProgramRun kgaudit;
  const std::string tune =
      "tune --budget 3 --out search --set dataset.planted-people.entities=1000 --epochs 4 "
      "--dimension 8 --seeds 1 --threads 1 --systems basic,neutral,no-sensitive "
      "--set training.optimizer=sgd --set training.learning_rate=0.01 "
      "--set training.initial_scale=0.1 --set system.neutral.update=sgd "
      "--set system.neutral.learning_rate=1 --set system.neutral.weight_gender=1e6 ";
  CHECK(kgaudit(tune + "--stop-after-trials 2").exit_code == 130);
  const Outcome tuned = kgaudit(tune + "--resume");
  INFO(tuned.err);
  CHECK(tuned.exit_code == 0);
  CHECK_THAT(tuned.out, Contains("1 of 3 trials of neutral failed: diverged at epoch"));
  CHECK(tuned.out.starts_with(kgaudit("report search").out));
}

TEST_CASE("A search of which every trial diverges ends with 7 and says so, also when quiet",
          "[cli][tune][divergence]") {
  const ProgramRun kgaudit;
  const Outcome tuned = kgaudit(
      "tune --budget 1 --shared-budget 1 --trial-seeds 1 --out search --seeds 1 --threads 1 "
      "--set dataset.planted-people.entities=1000 --epochs 3 --dimension 8 --systems basic "
      "--set training.optimizer=sgd --set training.learning_rate=100 "
      "--set training.initial_scale=10 -q");
  CHECK(tuned.exit_code == 7);
  CHECK_THAT(tuned.err, Contains("nothing was measured") && Contains("search/search.jsonl"));
}

TEST_CASE("A sweep or a search that makes no sense ends with code 2", "[cli][errors]") {
  const ProgramRun kgaudit;
  for (const char* arguments : {"bench --sweep 1", "bench --sweep system.bose.gama=1",
                                "bench --sweep gamma", "tune --budget 0", "tune --budget many",
                                "tune --question-reduction 2", "tune --bugdet 3"}) {
    INFO(arguments);
    const Outcome outcome = kgaudit(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out.empty());
    CHECK_FALSE(outcome.err.empty());
  }
}

}  // namespace
}  // namespace kgaudit::tests
