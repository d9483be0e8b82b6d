#include "suite/run/training.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "tests/suite/run/tiny_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using namespace tests;

/// Two that read Basic's rows their own way, one of them before Basic in the plan, and one that
/// trains.
constexpr const char* kSystems = "leace,basic,kl,prior-removal";

Plan plan_of(const char* systems, std::vector<Assignment> more = {}) {
  more.push_back({"systems", systems, "test"});
  return tiny_plan(std::move(more));
}

std::set<std::string> systems_with_epochs(const reports::RunRecord& record) {
  std::set<std::string> systems;
  for (const reports::EpochLine& line : record.epochs) systems.insert(line.system);
  return systems;
}

double fact_of(const reports::RunRecord& record, const std::string& system, std::uint64_t seed,
               std::string_view metric) {
  const auto line =
      std::ranges::find_if(record.measurements, [&](const reports::MeasurementLine& found) {
        return found.system == system && found.seed == seed && found.metric == metric &&
               !found.facets.contains("phase");
      });
  REQUIRE(line != record.measurements.end());
  return line->measurement.value();
}

/// The record up to its first line that ends a pair, as after a kill.
void cut_after_first_pair(const std::filesystem::path& record) {
  const std::string text = tests::read_file(record);
  const std::size_t done = text.find("\"kind\":\"done\"");
  REQUIRE(done != std::string::npos);
  tests::write_file(record, text.substr(0, text.find('\n', done) + 1));
}

}  // namespace

TEST_CASE("Who only reads a table is trained by the reference, else by the first that does",
          "[run][training]") {
  const std::vector<std::string> with = {"leace", "kl", "basic", "hard-debias"};
  CHECK(trained_by(with, "leace") == "basic");
  CHECK(trained_by(with, "hard-debias") == "basic");
  CHECK(trained_by(with, "basic") == "basic");
  CHECK(trained_by(with, "kl") == "kl");
  const std::vector<std::string> without = {"kl", "leace", "prior-removal"};
  CHECK(trained_by(without, "leace") == "leace");
  CHECK(trained_by(without, "prior-removal") == "leace");
  CHECK(trained_by(without, "kl") == "kl");
}

TEST_CASE("One training serves all that read its table, with the figures of each alone",
          "[run][training]") {
  const tests::TemporaryDirectory folder;
  const auto together = run_in(folder / "together", plan_of(kSystems));
  CHECK(systems_with_epochs(together) == std::set<std::string>{"basic", "kl"});
  auto facts = timeless_facts(together);
  std::erase_if(
      facts, [](const auto& fact) { return std::get<3>(fact.first).starts_with("significance."); });
  std::map<FactKey, Measurement> alone;
  std::map<std::pair<std::string, std::uint64_t>, std::string> tables;
  for (const char* system : {"leace", "basic", "kl", "prior-removal"}) {
    // Together all stop where Basic's validation says; leace's own rows say another epoch.
    RunOptions options;
    options.directory = folder / system;
    options.measured_epochs = {};
    for (const std::uint64_t seed : {0U, 1U}) {
      options.measured_epochs[seed] = static_cast<std::uint32_t>(
          fact_of(together, "basic", seed, reports::kTrainedEpochs.metric));
    }
    Progress silent;
    Runner runner(plan_of(system), std::move(options), silent);
    runner.run();
    const auto record = reports::read_record(runner.directory().record());
    CHECK(systems_with_epochs(record) == std::set<std::string>{system});
    for (const auto& [key, measurement] : timeless_facts(record)) {
      if (!std::get<3>(key).starts_with("significance.")) alone.emplace(key, measurement);
    }
    for (const auto& [key, hash] : hashes(record)) tables[key] = hash;
  }
  CHECK(hashes(together) == tables);
  CHECK(facts == alone);
  CHECK(std::filesystem::is_empty(folder / "together" / "checkpoints"));
}

TEST_CASE("Who shares a training has its time and that of its own step", "[run][training]") {
  const tests::TemporaryDirectory folder;
  const auto record =
      run_in(folder / "run", plan_of(kSystems, {{"timing.warm_up_epochs", "0", "test"}}));
  for (const std::uint64_t seed : {0U, 1U}) {
    const auto epochs = std::ranges::count_if(record.epochs, [&](const reports::EpochLine& line) {
      return line.system == "basic" && line.seed == seed;
    });
    const double basic = fact_of(record, "basic", seed, reports::kSecondsPerEpoch.metric);
    const double leace = fact_of(record, "leace", seed, reports::kSecondsPerEpoch.metric);
    const double step = fact_of(record, "leace", seed, reports::kOwnStep.metric);
    CHECK(step > 0.0);
    CHECK(leace == Approx(basic + step / static_cast<double>(epochs)).epsilon(1e-9));
    CHECK(fact_of(record, "leace", seed, reports::kRatioToBasic.metric) > 1.0);
  }
  CHECK(reports::trained_by(record, "leace") == "basic");
  CHECK(reports::trained_by(record, "basic") == "basic");
  CHECK(reports::trained_by(record, "kl") == "kl");
}

TEST_CASE("A shared training goes on after an interruption to the same bits", "[run][training]") {
  const tests::TemporaryDirectory folder;
  const auto whole = run_in(folder / "whole", plan_of(kSystems));
  for (const std::uint64_t stop_after : {1U, 3U, 8U, 10U}) {
    INFO("stopped after " << stop_after << " epochs");
    const auto part = folder / std::to_string(stop_after);
    CHECK_THROWS_AS(run_in(part, plan_of(kSystems), false, stop_after), Interrupted);
    const auto resumed = run_in(part, plan_of(kSystems), true);
    CHECK(hashes(resumed) == hashes(whole));
    CHECK(timeless_facts(resumed) == timeless_facts(whole));
    CHECK(resumed.epochs.size() == whole.epochs.size());
  }
}

TEST_CASE("A run that was killed after one of several on a training goes on to the same bits",
          "[run][training]") {
  const tests::TemporaryDirectory folder;
  for (const char* systems : {"basic,leace,prior-removal", "leace,basic"}) {
    INFO(systems);
    const auto whole = run_in(folder / systems, plan_of(systems));
    cut_after_first_pair(folder / systems / "record.jsonl");
    const auto resumed = run_in(folder / systems, plan_of(systems), true);
    CHECK(hashes(resumed) == hashes(whole));
    CHECK(timeless_facts(resumed) == timeless_facts(whole));
  }
}

TEST_CASE("A shared training that diverges is a result of all that it serves", "[run][training]") {
  const tests::TemporaryDirectory folder;
  const auto record = run_in(folder / "run", plan_of("basic,leace,prior-removal",
                                                     {{"training.learning_rate", "100", "test"},
                                                      {"training.initial_scale", "0.1", "test"},
                                                      {"training.optimizer", "sgd", "test"},
                                                      {"seeds", "1", "test"}}));
  CHECK(record.done.size() == 3);
  for (const char* system : {"basic", "leace", "prior-removal"}) {
    INFO(system);
    CHECK(std::ranges::any_of(record.findings, [&](const reports::FindingLine& finding) {
      return finding.check == "divergence" && finding.subject.find(system) != std::string::npos;
    }));
  }
}

}  // namespace kgaudit::run
