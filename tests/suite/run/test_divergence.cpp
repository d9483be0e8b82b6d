#include "suite/run/divergence.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "reports/tables/run_table.hpp"
#include "suite/base/error.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/profession_lists.hpp"
#include "suite/compare/significance.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "tests/suite/run/tiny_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using namespace tests;
using reports::MeasurementLine;
using reports::RunRecord;

/// Neutral's plain steps are so large for the weight of gender that its numbers leave the floats
/// after an epoch; the likelihood alone gets on with the same plan.
std::vector<Assignment> diverging(const char* systems = "basic,neutral,no-sensitive") {
  return {{"systems", systems, "test"},
          {"metrics", "link_prediction,score_gap,leakage,profession_bias", "test"},
          {"metric.leakage.permutations", "0", "test"},
          {"evaluation.validate_every", "0", "test"},
          {"statistics.replicates", "200", "test"},
          {"training.optimizer", "sgd", "test"},
          {"training.learning_rate", "0.01", "test"},
          {"training.initial_scale", "0.1", "test"},
          {"system.neutral.update", "sgd", "test"},
          {"system.neutral.learning_rate", "1", "test"},
          {"system.neutral.weight_gender", "1e6", "test"}};
}

/// Nobody learns with such steps.
std::vector<Assignment> all_diverging() {
  std::vector<Assignment> assignments = diverging("basic,neutral");
  assignments.push_back({"training.learning_rate", "100", "test"});
  return assignments;
}

std::vector<const MeasurementLine*> facts_of(const RunRecord& record, std::string_view system) {
  std::vector<const MeasurementLine*> facts;
  for (const MeasurementLine& line : record.measurements) {
    if (line.metric == "time.stage") continue;  // what was done, and that is not the same for all
    if (line.system == system && !is_significance(line.metric)) facts.push_back(&line);
  }
  return facts;
}

using FactKind = std::tuple<std::string, std::uint64_t, std::string, reports::Facets>;

/// What a system's facts speak of, whatever their values.
std::set<FactKind> kinds_of(const RunRecord& record, std::string_view system) {
  std::set<FactKind> kinds;
  for (const MeasurementLine* fact : facts_of(record, system)) {
    if (fact->metric.ends_with("_is")) continue;  // names the probe that a value came from
    kinds.emplace(fact->view, fact->seed, fact->metric, fact->facets);
  }
  return kinds;
}

std::size_t epochs_of(const RunRecord& record, std::string_view system, std::uint64_t seed) {
  return static_cast<std::size_t>(std::ranges::count_if(
      record.epochs,
      [&](const reports::EpochLine& line) { return line.system == system && line.seed == seed; }));
}

/// Facts that no other system has a part in: the family of tests is a matter of all of them.
std::map<FactKey, Measurement> without_family(std::map<FactKey, Measurement> facts,
                                              const std::string& other) {
  std::erase_if(facts, [&](const auto& fact) {
    const auto& [system, view, seed, metric, facets] = fact.first;
    return system == other || metric == "significance.p_adjusted";
  });
  return facts;
}

TEST_CASE("A training that diverges is a finding and undefined facts, and the others go on",
          "[run][divergence]") {
  const TemporaryDirectory folder;
  const RunRecord record = run_in(folder / "three", tiny_plan(diverging()));
  CHECK(record.done.size() == 6);
  REQUIRE(record.findings.size() >= 2);
  const reports::FindingLine& finding = record.findings.back();
  CHECK(finding.check == "divergence");
  CHECK(finding.subject == "neutral, seed 1");
  CHECK_THAT(finding.message, Catch::StartsWith("diverged at epoch "));
  CHECK_THAT(finding.message, Catch::Contains("training.learning_rate"));

  for (const std::uint64_t seed : {0U, 1U}) {
    const std::size_t epochs = epochs_of(record, "neutral", seed);
    CHECK(epochs < 4);
    CHECK(divergence_on_record(record, "neutral", seed) == divergence_reason(epochs));
    CHECK(divergence_on_record(record, "basic", seed) == std::nullopt);
    CHECK(epochs_of(record, "basic", seed) == 4);
    CHECK_FALSE(hashes(record).contains({"neutral", seed}));
    CHECK(hashes(record).contains({"no-sensitive", seed}));
  }
  CHECK(
      std::ranges::none_of(record.raw, [](const auto& line) { return line.system == "neutral"; }));
  for (const MeasurementLine* fact : facts_of(record, "neutral")) {
    INFO(fact->metric);
    REQUIRE_FALSE(fact->measurement.defined());
    CHECK(fact->measurement.reason() == divergence_on_record(record, "neutral", fact->seed));
  }
  CHECK(kinds_of(record, "neutral") == kinds_of(record, "basic"));
  CHECK(std::filesystem::is_empty(folder / "three/checkpoints"));

  const RunRecord without = run_in(folder / "two", tiny_plan(diverging("basic,no-sensitive")));
  CHECK(without_family(timeless_facts(record), "neutral") ==
        without_family(timeless_facts(without), "neutral"));
  std::map<std::string, std::string> raw = raw_hashes(record);
  CHECK(raw == raw_hashes(without));
  CHECK(hashes(record) == hashes(without));
}

TEST_CASE("A system that diverged has the rows and facts of a healthy one", "[run][divergence]") {
  const TemporaryDirectory folder;
  const auto run = [&](const char* name, const char* rate) {
    std::vector<Assignment> plan = diverging("bose,leace");
    plan.insert(plan.end(), {{"seeds", "1", "test"},
                             {"metrics", "link_prediction,score_gap,leakage", "test"},
                             {"system.bose.scope", "persons", "test"},
                             {"system.bose.gamma", rate, "test"},
                             {"training.learning_rate", rate, "test"}});
    return run_in(folder / name, tiny_plan(std::move(plan)));
  };
  const RunRecord broken = run("broken", "100");
  const RunRecord healthy = run("healthy", "0.1");
  for (const char* system : {"bose", "leace"}) {
    REQUIRE(divergence_on_record(broken, system, 0));
    CHECK(kinds_of(broken, system) == kinds_of(healthy, system));
  }
  CHECK(reports::system_views(broken) == reports::system_views(healthy));
}

TEST_CASE("A run with a divergence goes on to the same bits, wherever it was stopped",
          "[run][divergence]") {
  const TemporaryDirectory folder;
  const RunRecord whole = run_in(folder / "whole", tiny_plan(diverging()));
  for (const std::uint64_t stop_after : {3U, 5U, 7U, 9U, 14U}) {
    INFO("stopped after " << stop_after << " epochs");
    const auto part = folder / std::to_string(stop_after);
    CHECK_THROWS_AS(run_in(part, tiny_plan(diverging()), false, stop_after), Interrupted);
    const RunRecord resumed = run_in(part, tiny_plan(diverging()), true);
    CHECK(hashes(resumed) == hashes(whole));
    CHECK(timeless_facts(resumed) == timeless_facts(whole));
    CHECK(raw_hashes(resumed) == raw_hashes(whole));
    CHECK(resumed.epochs.size() == whole.epochs.size());
    CHECK(resumed.findings == whole.findings);
  }
  const std::string bytes = read_file(folder / "whole/record.jsonl");
  run_in(folder / "whole", tiny_plan(diverging()), true, 1);
  CHECK(read_file(folder / "whole/record.jsonl") == bytes);
}

TEST_CASE("A pair that diverged before the run was stopped is not trained again",
          "[run][divergence]") {
  const TemporaryDirectory folder;
  const auto file = folder / "run/record.jsonl";
  CHECK_THROWS_AS(run_in(folder / "run", tiny_plan(diverging()), false, 6), Interrupted);
  const auto epoch_lines = [&] {
    const std::string bytes = read_file(file);
    std::size_t found = 0;
    for (std::size_t at = 0; (at = bytes.find(R"("kind":"epoch","system":"neutral","seed":0)",
                                              at)) != std::string::npos;
         ++at) {
      ++found;
    }
    return found;
  };
  REQUIRE(epoch_lines() == 2);
  CHECK(run_in(folder / "run", tiny_plan(diverging()), true).done.size() == 6);
  CHECK(epoch_lines() == 2);
}

TEST_CASE("An epoch that validated well before a divergence is not fallen back on",
          "[run][divergence]") {
  const TemporaryDirectory folder;
  std::vector<Assignment> plan = diverging("neutral");
  plan.insert(plan.end(),
              {{"evaluation.validate_every", "1", "test"}, {"evaluation.patience", "0", "test"}});
  const RunRecord record = run_in(folder / "run", tiny_plan(plan));
  REQUIRE(epochs_of(record, "neutral", 0) < 4);
  CHECK(record.epochs.front().terms.contains(kValidationTerm));
  for (const MeasurementLine* fact : facts_of(record, "neutral")) {
    CHECK_FALSE(fact->measurement.defined());
  }
}

TEST_CASE("Tests with a system that diverged give the reason", "[run][divergence]") {
  const TemporaryDirectory folder;
  const RunRecord record = run_in(folder / "run", tiny_plan(diverging()));
  std::size_t tests_of_neutral = 0;
  for (const MeasurementLine& line : record.measurements) {
    if (!is_significance(line.metric) || line.system != "neutral") continue;
    INFO(line.metric << " " << line.measurement.defined());
    ++tests_of_neutral;
    REQUIRE_FALSE(line.measurement.defined());
    CHECK_THAT(line.measurement.reason(), Catch::Contains("seed 0: diverged at epoch "));
  }
  CHECK(tests_of_neutral > 0);
  std::vector<Assignment> against_neutral = diverging("basic,neutral");
  against_neutral.push_back({"statistics.reference", "neutral", "test"});
  const RunRecord reversed = run_in(folder / "reversed", tiny_plan(against_neutral));
  for (const MeasurementLine& line : reversed.measurements) {
    if (!is_significance(line.metric) || line.metric.starts_with("significance.equivalence") ||
        line.metric.starts_with(kStability)) {
      continue;
    }
    INFO(line.metric);
    REQUIRE_FALSE(line.measurement.defined());
    CHECK_THAT(line.measurement.reason(), Catch::Contains("neutral, seed 0: diverged at epoch "));
  }
}

TEST_CASE("A run in which every training diverges ends, with a reason in every cell",
          "[run][divergence]") {
  const TemporaryDirectory folder;
  const RunRecord record = run_in(folder / "run", tiny_plan(all_diverging()));
  CHECK(record.done.size() == 4);
  for (const MeasurementLine& line : record.measurements) {
    INFO(line.metric);
    CHECK(line.measurement.defined() == (line.metric == "time.stage"));
  }
  for (const reports::Row& row : reports::comparison_table(record).rows) {
    for (std::size_t c = 1; c < row.cells.size(); ++c) {
      CHECK_FALSE(std::holds_alternative<reports::NumberCell>(row.cells[c]));
    }
  }
}

TEST_CASE("The ratio to a reference that diverged is undefined", "[run][divergence]") {
  const TemporaryDirectory folder;
  // Bose's filters stand between such steps and the scores.
  std::vector<Assignment> plan = diverging("basic,bose");
  plan.insert(plan.end(),
              {{"training.learning_rate", "100", "test"}, {"metrics", "link_prediction", "test"}});
  const RunRecord record = run_in(folder / "run", tiny_plan(plan));
  REQUIRE(divergence_on_record(record, "basic", 0));
  REQUIRE_FALSE(divergence_on_record(record, "bose", 0));
  std::size_t ratios = 0;
  for (const MeasurementLine* fact : facts_of(record, "bose")) {
    if (fact->metric == "time.seconds_per_epoch") CHECK(fact->measurement.defined());
    if (fact->metric != "time.ratio_to_basic") continue;
    ++ratios;
    CHECK_THAT(fact->measurement.reason(), Catch::StartsWith("basic diverged at epoch "));
  }
  CHECK(ratios == 2);
}

TEST_CASE("Every report format shows a divergence", "[run][divergence]") {
  const TemporaryDirectory folder;
  const RunRecord record = run_in(folder / "run", tiny_plan(diverging()));
  const RunRecord none = run_in(folder / "none", tiny_plan(all_diverging()));
  for (const RunRecord& of : {record, none}) {
    const reports::Report report = reports::make_report({&of, 1});
    for (const reports::ReportWriter* writer : reports::report_writers()) {
      INFO(writer->id);
      std::string all;
      for (const auto& file : writer->write(report)) all += file.bytes;
      CHECK_THAT(all, Catch::Contains("diverged at epoch"));
    }
  }
}

}  // namespace
}  // namespace kgaudit::run
