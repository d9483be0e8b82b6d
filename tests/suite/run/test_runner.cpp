#include "suite/run/runner.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "reports/record/raw_store.hpp"
#include "suite/base/error.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/run/ranked_triples.hpp"
#include "tests/suite/run/tiny_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using namespace tests;

/// Keeps what was foreseen when the tests began.
class OutlookAtTests final : public Progress {
 public:
  void begin(std::string_view stage, std::uint64_t /*total*/) override {
    if (stage == "comparing systems") at_tests = last_;
  }
  void foresee(const Outlook& outlook) override { last_ = outlook; }

  std::optional<Outlook> at_tests;

 private:
  std::optional<Outlook> last_;
};

TEST_CASE("A run whose tests are still ahead does not foretell that it is nearly done",
          "[run][progress]") {
  const tests::TemporaryDirectory folder;
  OutlookAtTests progress;
  RunOptions options;
  options.directory = folder / "run";
  Runner runner(tiny_plan(), std::move(options), progress);
  runner.run();
  REQUIRE(progress.at_tests);
  CHECK(progress.at_tests->of == "training and measuring");
  CHECK_FALSE(progress.at_tests->whole);
  CHECK_FALSE(progress.at_tests->foretells());
}

TEST_CASE("A run puts epochs in turns, times, facts, raw columns and hashes on record",
          "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const Plan plan = tiny_plan({{"evaluation.validate_every", "0", "test"}});
  const reports::RunRecord record = run_in(folder.path() / "run", plan);

  CHECK(record.run.plan_hash == plan_hash(plan).hex());
  CHECK(record.run.graph_hash.size() == 64);
  CHECK(record.done.size() == 4);
  CHECK(record.table_hashes.size() == 4);
  REQUIRE(record.epochs.size() == 2 * 2 * 4);
  for (std::size_t i = 0; i < record.epochs.size(); ++i) {
    CHECK(record.epochs[i].system == (i % 2 == 0 ? "basic" : "kl"));
    CHECK(record.epochs[i].epoch == i / 2 % 4 + 1);
    CHECK(record.epochs[i].seconds > 0.0);
  }
  std::set<std::string> metrics;
  for (const auto& line : record.measurements) metrics.insert(line.metric);
  for (const char* expected : {"time.seconds_per_epoch", "time.ratio_to_basic", "memory.peak",
                               "link_prediction.mrr", "score_gap.micro"}) {
    INFO(expected);
    CHECK(metrics.contains(expected));
  }
  for (const auto& line : record.measurements) {
    if (line.metric != "time.seconds_per_epoch" || line.facets.contains("phase")) continue;
    CHECK(line.measurement.n() == 3);  // four epochs, one of them warm-up
  }
  std::map<std::string, std::size_t> stages;
  for (const auto& line : record.measurements) {
    if (line.metric == "time.stage") ++stages[line.facets.at("stage")];
  }
  for (const char* of_each : {"ranking", "link_prediction", "score_gap", "publishing", "writing"}) {
    INFO(of_each);
    CHECK(stages[of_each] == 4);
  }
  CHECK(stages["reading data"] == 1);
  CHECK(stages["tests between systems"] == 1);
  REQUIRE(record.raw.size() == 4);
  const auto raw = reports::read_raw_file(folder.path() / "run" / record.raw[0].file);
  CHECK(raw.front().name == "rank.filtered.head.better");
  const auto part = std::find_if(raw.begin(), raw.end(), [](const reports::RawColumn& column) {
    return column.name == "set.without_sensitive";
  });
  REQUIRE(part != raw.end());
  for (const auto& line : record.measurements) {
    const auto set = line.facets.find("set");
    if (line.metric != "link_prediction.mrr" || set == line.facets.end()) continue;
    if (set->second != "without_sensitive" || line.facets.at("side") != "head") continue;
    CHECK(line.measurement.n() == part->ids.size());
  }
  CHECK(metrics.contains("significance.p_adjusted"));
  CHECK(std::filesystem::is_empty(folder.path() / "run" / "checkpoints"));
}

TEST_CASE("The number of threads changes no table, no fact and no raw column", "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const auto one = run_in(folder.path() / "one", tiny_plan());
  const auto three = run_in(folder.path() / "three", tiny_plan({{"run.threads", "3", "test"}}));
  CHECK(hashes(one) == hashes(three));
  CHECK(timeless_facts(one) == timeless_facts(three));
  CHECK(raw_hashes(one) == raw_hashes(three));
}

TEST_CASE("An interrupted run goes on to the same bits, wherever it was stopped", "[run][runner]") {
  const tests::TemporaryDirectory folder;
  // With a schedule, which must not begin anew.
  const Assignment schedule = {"system.neutral.initial_weight", "0.2", "test"};
  const Assignment systems = {"systems", "basic,neutral", "test"};
  const auto whole = run_in(folder.path() / "whole", tiny_plan({systems, schedule}));
  for (const std::uint64_t stop_after : {1U, 4U, 7U, 8U, 11U}) {
    for (const char* checkpoints : {"0", "3"}) {
      INFO("stopped after " << stop_after << " epochs, checkpoint_every " << checkpoints);
      const Plan plan =
          tiny_plan({systems, schedule, {"run.checkpoint_every", checkpoints, "test"}});
      const auto part = folder.path() / (std::to_string(stop_after) + "-" + checkpoints);
      CHECK_THROWS_AS(run_in(part, plan, false, stop_after), Interrupted);
      const auto resumed = run_in(part, plan, true);
      CHECK(hashes(resumed) == hashes(whole));
      CHECK(timeless_facts(resumed) == timeless_facts(whole));
      CHECK(raw_hashes(resumed) == raw_hashes(whole));
      CHECK(resumed.epochs.size() == whole.epochs.size());
    }
  }
}

TEST_CASE("A finished run resumes to itself without training", "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const auto first = run_in(folder.path() / "run", tiny_plan());
  const auto bytes = tests::read_file(folder.path() / "run" / "record.jsonl");
  const auto again = run_in(folder.path() / "run", tiny_plan(), true, 1);
  CHECK(tests::read_file(folder.path() / "run" / "record.jsonl") == bytes);
}

TEST_CASE("A system that does not improve stops after its patience", "[run][runner]") {
  const tests::TemporaryDirectory folder;
  // Steps too small to move a float: every validation gives the same.
  const Plan plan = tiny_plan({{"training.learning_rate", "1e-9", "test"},
                               {"training.optimizer", "sgd", "test"},
                               {"training.epochs", "8", "test"},
                               {"systems", "basic", "test"},
                               {"seeds", "1", "test"}});
  const auto record = run_in(folder.path() / "run", plan);
  CHECK(record.epochs.size() == 4);
  CHECK(record.epochs[1].terms.contains(kValidationTerm));
  CHECK(record.done.size() == 1);
}

TEST_CASE("What is measured is the best validated epoch, not the last", "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const auto plan = [](const char* epochs) {
    return tiny_plan({{"training.learning_rate", "1", "test"},
                      {"training.epochs", epochs, "test"},
                      {"evaluation.validate_every", "1", "test"},
                      {"evaluation.patience", "0", "test"},
                      {"systems", "basic", "test"},
                      {"seeds", "1", "test"}});
  };
  const auto record = run_in(folder.path() / "run", plan("12"));
  const auto best = std::max_element(
      record.epochs.begin(), record.epochs.end(), [](const auto& a, const auto& b) {
        return a.terms.at(kValidationTerm) < b.terms.at(kValidationTerm);
      });
  REQUIRE(best->epoch < 12);
  const auto shorter = run_in(folder.path() / "shorter", plan(std::to_string(best->epoch).c_str()));
  CHECK(hashes(record) == hashes(shorter));
  CHECK(timeless_facts(record) == timeless_facts(shorter));
}

TEST_CASE("A sample of the test set is ranked in its order, the same for every system and seed",
          "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const auto columns_of = [&](const std::string& name, const char* sample) {
    const auto record =
        run_in(folder.path() / name, tiny_plan({{"evaluation.test_sample", sample, "test"}}));
    std::vector<reports::RawColumn> columns;
    for (const auto& line : record.raw)
      columns.push_back(reports::read_raw_file(folder.path() / name / line.file).front());
    return columns;
  };
  const auto values_of = [](const reports::RawColumn& column) {
    return std::get<std::vector<std::uint32_t>>(column.values);
  };
  const auto all = columns_of("all", "0");
  const auto some = columns_of("some", "40");
  CHECK(columns_of("more", "100000")[0].ids == all[0].ids);
  REQUIRE(some.size() == all.size());
  CHECK(some[0].ids != std::vector<std::uint32_t>(all[0].ids.begin(), all[0].ids.begin() + 40));
  for (std::size_t i = 0; i < some.size(); ++i) {
    REQUIRE(some[i].ids.size() == 40);
    CHECK(std::ranges::is_sorted(some[i].ids));
    CHECK(some[i].ids == some[0].ids);
    for (std::size_t k = 0; k < 40; ++k) {
      CHECK(values_of(some[i])[k] == values_of(all[i])[some[i].ids[k]]);
    }
  }
}

TEST_CASE("One system's row is the same whatever other systems run beside it and the reference",
          "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const auto both = run_in(folder.path() / "both", tiny_plan());
  const auto more =
      run_in(folder.path() / "more", tiny_plan({{"systems", "bose,kl,basic", "test"}}));
  CHECK(hashes(more).at({"kl", 1}) == hashes(both).at({"kl", 1}));
  const Assignment never = {"evaluation.validate_every", "0", "test"};
  const auto fixed = run_in(folder.path() / "fixed", tiny_plan({never}));
  const auto alone = run_in(folder.path() / "alone", tiny_plan({never, {"systems", "kl", "test"}}));
  CHECK(hashes(alone).at({"kl", 1}) == hashes(fixed).at({"kl", 1}));
}

TEST_CASE("All systems of a seed stop and are measured after the epoch that suits the reference",
          "[run][runner]") {
  const tests::TemporaryDirectory folder;
  // Neutral's weights are so large that its own ranking is best early.
  const std::vector<Assignment> tried = {{"systems", "neutral,basic", "test"},
                                         {"training.epochs", "9", "test"},
                                         {"training.learning_rate", "1", "test"},
                                         {"evaluation.validate_every", "1", "test"},
                                         {"evaluation.patience", "2", "test"},
                                         {"metrics", "link_prediction", "test"},
                                         {"system.neutral.weight_gender", "10", "test"},
                                         {"system.neutral.adversary_gender", "3", "test"}};
  const auto record = run_in(folder.path() / "run", tiny_plan(tried));
  std::size_t differ = 0;
  for (const std::uint64_t seed : {0U, 1U}) {
    std::map<std::string, std::pair<std::uint64_t, double>> best;
    std::map<std::string, std::uint64_t> last;
    for (const reports::EpochLine& line : record.epochs) {
      if (line.seed != seed) continue;
      auto& [epoch, mrr] = best[line.system];
      last[line.system] = line.epoch;
      const double here = line.terms.at(kValidationTerm);
      if (epoch == 0 || here > mrr) best[line.system] = {line.epoch, here};
    }
    CHECK(last.at("basic") == last.at("neutral"));
    CHECK(last.at("basic") == std::min<std::uint64_t>(9, best.at("basic").first + 2));
    for (const char* system : {"basic", "neutral"}) {
      CHECK(measured_epochs(record, system).at(seed) == best.at("basic").first);
    }
    differ += best.at("basic").first != best.at("neutral").first ? 1U : 0U;
  }
  REQUIRE(differ > 0);  // or the case shows nothing

  // A row alone, told what was decided, is the row of the comparison: kgaudit verify does that.
  Progress silent;
  RunOptions options;
  options.directory = folder.path() / "alone";
  options.measured_epochs = measured_epochs(record, "neutral");
  auto alone = tried;
  alone.push_back({"systems", "neutral", "test"});
  Runner runner(tiny_plan(alone), std::move(options), silent);
  runner.run();
  const auto again = reports::read_record(runner.directory().record());
  CHECK(hashes(again).at({"neutral", 0}) == hashes(record).at({"neutral", 0}));
  CHECK(hashes(again).at({"neutral", 1}) == hashes(record).at({"neutral", 1}));
}

TEST_CASE("Validation asks nothing of sensitive relations", "[run][runner]") {
  Progress silent;
  const Plan plan = tiny_plan();
  const datasets::Dataset data = load_dataset(plan, "", silent);
  const auto asked = validation_triples(data, plan.evaluation());
  const auto sensitive = [&](const datasets::Triple& triple) {
    return data.attributes.sensitive_index(triple.relation).has_value();
  };
  REQUIRE(std::ranges::any_of(data.graph.valid(), sensitive));
  CHECK(std::ranges::none_of(asked, sensitive));
  CHECK(asked.size() +
            static_cast<std::size_t>(std::ranges::count_if(data.graph.valid(), sensitive)) ==
        data.graph.valid().size());
}

TEST_CASE("A stop request ends the run after the epoch under way, with everything saved",
          "[run][runner]") {
  const tests::TemporaryDirectory folder;
  std::atomic<bool> stop{true};
  Progress progress;
  progress.watch(&stop);
  RunOptions options;
  options.directory = folder.path() / "run";
  Runner runner(tiny_plan(), std::move(options), progress);
  CHECK_THROWS_AS(runner.run(), Interrupted);
}

TEST_CASE("A run may rank the validation triples and ask either half of the persons",
          "[run][runner]") {
  const tests::TemporaryDirectory folder;
  const auto run = [&](const std::string& name, std::vector<Assignment> more) {
    more.insert(more.end(), {{"systems", "basic", "test"},
                             {"seeds", "1", "test"},
                             {"training.epochs", "1", "test"},
                             {"metric.link_prediction.per_relation", "false", "test"}});
    return run_in(folder.path() / name, tiny_plan(std::move(more)));
  };
  const auto n_of = [](const reports::RunRecord& record, const std::string& metric,
                       const std::map<std::string, std::string>& facets) {
    for (const auto& line : record.measurements) {
      if (line.metric == metric && line.facets == facets) return line.measurement.n();
    }
    return std::uint64_t{0};
  };
  const std::map<std::string, std::string> all = {
      {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}};
  const auto usual = run("usual", {});
  const auto half = run(
      "half", {{"evaluation.set", "valid", "test"}, {"evaluation.persons", "selection", "test"}});
  const auto rest = run("rest", {{"evaluation.persons", "others", "test"}});

  Progress silent;
  const datasets::Dataset data = load_dataset(tiny_plan(), "", silent);
  REQUIRE(data.graph.valid().size() != 0);
  CHECK(n_of(usual, "link_prediction.mrr", all) == 2 * data.graph.test().size());
  CHECK(n_of(half, "link_prediction.mrr", all) == 2 * data.graph.valid().size());
  CHECK(n_of(rest, "link_prediction.mrr", all) == 2 * data.graph.test().size());
  // Every person is asked in one half, and training is the same whoever is asked.
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto selected = n_of(half, "score_gap.kl_from_uniform", gender);
  CHECK(selected > 0);
  CHECK(selected + n_of(rest, "score_gap.kl_from_uniform", gender) ==
        n_of(usual, "score_gap.kl_from_uniform", gender));
  CHECK(hashes(half) == hashes(usual));
  CHECK(hashes(rest) == hashes(usual));
}

}  // namespace
}  // namespace kgaudit::run
