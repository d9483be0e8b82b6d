#include "suite/search/sweep.hpp"

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Plan plan_of(const std::string& systems) {
  return resolve_plan({std::nullopt, "plan", {{"systems", systems, "test"}}});
}

/// "gamma 10, keep 0.5"; "" for none.
std::string values_text(const SweepStep& step) {
  std::string text;
  for (const auto& [name, value] : step.values) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value_text(value));
  }
  return text;
}

std::vector<SweepStep> steps(const std::string& systems, std::vector<std::string> words) {
  return sweep_steps(plan_of(systems), words);
}

TEST_CASE("A sweep walks each system's weights together from end to end", "[run][sweep]") {
  const auto walk = steps("basic,bose,neutral", {"3"});
  REQUIRE(walk.size() == 1 + 3 + 3);
  CHECK(walk[0].values.empty());
  CHECK(values_text(walk[1]) == "gamma 0.1");
  CHECK(values_text(walk[2]) == "gamma 10");
  CHECK(values_text(walk[3]) == "gamma 1000");
  CHECK(values_text(walk[4]) ==
        "weight_gender 0.003, weight_religion 5e-04, weight_ethnicity 5e-04, weight_nationality "
        "5e-04, weight_other 5e-04, adversary_gender 0.01, adversary_religion 0.001, "
        "adversary_ethnicity 0.001, adversary_nationality 0.001, adversary_other 0.001");
  CHECK(steps("bose", {}).size() == 5);
  CHECK(steps("bose", {""}).size() == 5);
  CHECK(values_text(steps("inlp", {"2"})[1]) == "rounds 64");
}

TEST_CASE("Values of one's own are swept as given, for the systems they name", "[run][sweep]") {
  const auto own = steps("basic,neutral+attr,bose", {"system.neutral+attr.class_weight=10,300",
                                                     "system.\"neutral+attr\".strata=1"});
  REQUIRE(own.size() == 1 + 3 + 1);
  CHECK(values_text(own[1]) == "class_weight 10");
  CHECK(values_text(own[2]) == "class_weight 300");
  CHECK(values_text(own[3]) == "strata 1");
  CHECK(own[4].system == "bose");
  CHECK(own[4].values.empty());
}

TEST_CASE("A sweep that makes no sense is refused with what to try", "[run][sweep]") {
  for (const char* word : {"1", "1001", "many", "gamma=1", "system.bose.gamma", "system.bose=1",
                           "system.bsoe.gamma=1", "system.bose.gama=1", "system.bose.gamma=1,1",
                           "system.bose.gamma=-1", "system.bose.gamma="}) {
    CAPTURE(word);
    CHECK_THROWS_AS(steps("basic,bose", {word}), InputError);
  }
  CHECK_THROWS_AS(steps("basic,bose", {"3", "4"}), InputError);
  CHECK_THROWS_AS(steps("basic,bose", {"3", "system.bose.gamma=1"}), InputError);
  CHECK_THROWS_WITH(steps("basic,bose", {"system.bsoe.gamma=1"}),
                    Catch::Matchers::Contains("did you mean 'bose'?"));
}

Plan swept_plan() {
  return resolve_plan({std::nullopt,
                       "plan",
                       {{"dataset.planted-people.entities", "1000", "test"},
                        {"training.dimension", "4", "test"},
                        {"training.epochs", "1", "test"},
                        {"seeds", "1", "test"},
                        {"systems", "basic,bose", "test"},
                        {"metrics", "link_prediction", "test"},
                        {"run.threads", "1", "test"}}});
}

TEST_CASE("A sweep is on record point by point, and goes on where it was interrupted",
          "[run][sweep]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Plan plan = swept_plan();
  const std::vector<std::string> words = {"system.bose.gamma=1,100"};
  const std::vector<SweepStep> all = sweep_steps(plan, words);
  const auto in = [&](bool resume) {
    return JobOptions{folder / "sweep", resume, "", false, "now"};
  };
  const reports::SweepRecord whole = run_sweep(plan, all, in(false), silent);
  REQUIRE(whole.points.size() == 3);
  CHECK(whole.points[2].run == "bose-02");
  CHECK(whole.points[2].mrr);
  CHECK_FALSE(whole.points[2].question);  // not measured
  CHECK(whole.sweep.runs[2].values.front().second == "100");
  CHECK(whole.sweep.job.plan_hash == plan_hash(plan).hex());
  CHECK_FALSE(whole.sweep.job.graph_hash.empty());

  CHECK_THROWS_WITH(run_sweep(plan, all, in(false), silent), Catch::Matchers::Contains("--resume"));
  // A crash may tear the last line: that point is read back from its run's own record.
  const std::string text = tests::read_file(sweep_record_in(folder / "sweep"));
  tests::write_file(sweep_record_in(folder / "sweep"), text.substr(0, text.size() - 5));
  const reports::SweepRecord resumed = run_sweep(plan, all, in(true), silent);
  CHECK(resumed.points == whole.points);
  CHECK(tests::read_file(sweep_record_in(folder / "sweep")) == text);

  const std::vector<std::string> others = {"system.bose.gamma=1,10"};
  try {
    static_cast<void>(run_sweep(plan, sweep_steps(plan, others), in(true), silent));
    FAIL("another sweep was accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kNotComparable);
  }
}

TEST_CASE("A sweep that goes on with nothing begins in a folder that holds nothing else",
          "[run][sweep]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = swept_plan();
  const std::vector<std::string> words = {"system.bose.gamma=1,100"};
  const std::vector<SweepStep> all = sweep_steps(plan, words);
  Progress silent;
  const JobOptions options{folder.path(), true, "", false, "now"};
  for (const char* theirs : {"sweep.md", "plan.toml", "notes.txt"}) {
    INFO(theirs);
    tests::write_file(folder / theirs, "precious");
    CHECK_THROWS_WITH(run_sweep(plan, all, options, silent),
                      Catch::Matchers::Contains("is there already"));
    CHECK(tests::read_file(folder / theirs) == "precious");
    CHECK_FALSE(std::filesystem::exists(folder / "sweep.jsonl"));
    std::filesystem::remove(folder / theirs);
  }
}

TEST_CASE("A sweep that is estimated to hold too much is refused before it makes its folder",
          "[run][sweep]") {
  const tests::TemporaryDirectory folder;
  Progress silent;
  const Plan plan = swept_plan();
  const std::vector<std::string> words = {"2"};
  JobOptions options;
  options.directory = folder / "sweep";
  options.max_memory = 1 << 20;
  CHECK_THROWS_WITH(run_sweep(plan, sweep_steps(plan, words), options, silent),
                    Catch::Matchers::Contains("--max-memory: 1.0 MiB; the run is estimated to "));
  CHECK_FALSE(std::filesystem::exists(folder / "sweep"));
}

}  // namespace
}  // namespace kgaudit::run
