#include "suite/base/error.hpp"
#include "suite/plan/plan.hpp"
#include "suite/plan/plan_parameters.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/run/early_stopping.hpp"
#include "suite/run/epoch_times.hpp"
#include "suite/run/provenance.hpp"
#include "suite/run/raw_columns.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/run/view_facts.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

Measurement median(std::vector<double> values) {
  return median_measurement(std::move(values), "s", Direction::kLower, "epochs");
}

TEST_CASE("The median of few epochs has their whole range as interval, at its true level",
          "[run][times]") {
  const Measurement m = median({3, 1, 2});
  CHECK(m.value() == 2.0);
  CHECK(m.n() == 3);
  REQUIRE(m.interval());
  CHECK(m.interval()->low == 1.0);
  CHECK(m.interval()->high == 3.0);
  CHECK(m.interval()->level == Approx(0.75));  // 1 - 2 * (1/2)^3
}

TEST_CASE("The median of ten epochs lies between the second and the ninth at 97.9 %",
          "[run][times]") {
  const Measurement m = median({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(m.value() == 5.5);
  CHECK(m.interval()->low == 2.0);
  CHECK(m.interval()->high == 9.0);
  CHECK(m.interval()->level == Approx(1.0 - 2.0 * 11.0 / 1024.0));
}

TEST_CASE("No epoch after the warm-up means no time, and one means no interval", "[run][times]") {
  CHECK_FALSE(median({}).defined());
  CHECK_THAT(median({}).reason(), Contains("no epochs after the warm-up"));
  CHECK_FALSE(median({1}).interval());
}

TEST_CASE("Ratios are taken round by round", "[run][times]") {
  CHECK(paired_ratios(std::vector<double>{2, 9, 5}, std::vector<double>{1, 3}) ==
        std::vector<double>{2, 3});
  CHECK(paired_ratios(std::vector<double>{2, 9}, std::vector<double>{0, 3}) ==
        std::vector<double>{3});
}

Parameters evaluation(std::int64_t every, std::int64_t patience) {
  Parameters table(evaluation_parameters());
  table.set("validate_every", ParameterValue(every), "test");
  table.set("patience", ParameterValue(patience), "test");
  return table;
}

TEST_CASE("Early stopping keeps the earliest best epoch and stops after its patience",
          "[run][early-stopping]") {
  EarlyStopping stopping(evaluation(5, 2), 42);
  CHECK_FALSE(stopping.due(4));
  CHECK(stopping.due(5));
  CHECK(stopping.due(42));
  CHECK(stopping.observe(5, 0.30));
  CHECK_FALSE(stopping.observe(10, 0.30));
  CHECK_FALSE(stopping.exhausted());
  CHECK(stopping.observe(15, 0.31));
  CHECK_FALSE(stopping.observe(20, 0.29));
  CHECK_FALSE(stopping.observe(25, 0.28));
  CHECK(stopping.exhausted());
  CHECK(stopping.best_epoch() == 15U);
}

TEST_CASE("Without validation nothing is due and nothing stops", "[run][early-stopping]") {
  const EarlyStopping never(evaluation(0, 3), 10);
  CHECK_FALSE(never.due(10));
  CHECK_FALSE(never.exhausted());
  CHECK_FALSE(never.best_epoch());
  EarlyStopping patient(evaluation(1, 0), 10);
  for (std::uint32_t epoch = 1; epoch <= 10; ++epoch) patient.observe(epoch, 1.0 / epoch);
  CHECK_FALSE(patient.exhausted());
}

metrics::Fact fact(std::string metric, std::map<std::string, std::string> facets, double value) {
  return {std::move(metric), std::move(facets), Measurement::of(value, 10, "", Direction::kHigher)};
}

models::ModelView view(std::string id, std::optional<std::string> attribute) {
  auto table = std::make_shared<models::EmbeddingTable>();
  return {std::move(id), std::move(attribute),
          models::LinkScorer(table, models::find_score("transe-dot").function())};
}

TEST_CASE("A view for one attribute keeps its own facts and marks the others' share",
          "[run][views]") {
  const std::vector<metrics::Fact> facts = {fact("gap", {{"attribute", "gender"}}, 1),
                                            fact("gap", {{"attribute", "religion"}}, 2),
                                            fact("mrr", {{"side", "both"}}, 0.3)};
  CHECK(recorded_facts(view("a", std::nullopt), facts).size() == 3);
  const auto kept = recorded_facts(view("s:gender", "gender"), facts);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].facets == std::map<std::string, std::string>{{"attribute", "gender"}});
  CHECK(kept[1].facets.at("view") == "s:gender");
}

TEST_CASE("A row's own figure is the mean over its views, if each view has one", "[run][views]") {
  const std::map<std::string, std::string> first = {{"side", "both"}, {"view", "s:gender"}};
  const std::map<std::string, std::string> second = {{"side", "both"}, {"view", "s:religion"}};
  const auto means = means_over_views(
      {{fact("mrr", first, 0.3), fact("only_one", first, 1), fact("gap", {{"attribute", "x"}}, 1)},
       {fact("mrr", second, 0.5)}});
  REQUIRE(means.size() == 1);
  CHECK(means[0].metric == "mrr");
  CHECK(means[0].facets == std::map<std::string, std::string>{{"side", "both"}});
  CHECK(means[0].measurement.value() == Approx(0.4));
  CHECK(means_over_views({{fact("mrr", {}, 0.3)}}).empty());
}

TEST_CASE("Rank counts become one column for each side, filter and count", "[run][raw]") {
  metrics::RankTable ranks;
  ranks.triples.resize(2);
  ranks.filtered_head = {{1, 2, 9}, {0, 1, 8}};
  ranks.filtered_tail = ranks.raw_head = ranks.raw_tail = ranks.filtered_head;
  const std::vector<std::uint32_t> places = {3, 8};
  const auto columns = rank_columns(ranks, places);
  REQUIRE(columns.size() == 12);
  CHECK(columns[0].name == "rank.filtered.head.better");
  CHECK(columns[0].ids == places);
  CHECK(std::get<std::vector<std::uint32_t>>(columns[2].values) ==
        std::vector<std::uint32_t>{9, 8});
}

TEST_CASE("A directory takes one plan and says how another differs", "[run][directory]") {
  const tests::TemporaryDirectory folder;
  const auto root = folder / "run";
  const auto plan = [](const char* epochs) {
    return resolve_plan({std::nullopt, "plan", {{"training.epochs", epochs, "--epochs"}}});
  };
  using Start = RunDirectory::Start;
  const RunDirectory first(root, plan("3"), Start::kFresh);
  CHECK(parse_plan(tests::read_file(root / "plan.toml")) == plan("3"));
  CHECK_NOTHROW(RunDirectory(root, plan("3"), Start::kFresh));  // no record yet: nothing to lose
  tests::write_file(first.record(), "");
  CHECK_THROWS_WITH(RunDirectory(root, plan("3"), Start::kFresh),
                    Contains("a run is already there") && Contains("--resume"));
  CHECK_NOTHROW(RunDirectory(root, plan("3"), Start::kResume));
  try {
    const RunDirectory other(root, plan("4"), Start::kResume);
    FAIL("another plan was accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kNotComparable);
    CHECK_THAT(error.what(), Contains("training.epochs (3 there, 4 now)"));
  }
}

TEST_CASE("A directory that cannot be made is refused before any work", "[run][directory]") {
  const tests::TemporaryDirectory folder;
  tests::write_file(folder / "file", "x");
  CHECK_THROWS_AS(
      RunDirectory(folder / "file" / "run", resolve_plan({}), RunDirectory::Start::kFresh),
      InputError);
}

TEST_CASE("Names of raw files are plain and tell system, view and seed apart", "[run][directory]") {
  CHECK(RunDirectory::raw_name("kl+attr", "", 7) == "raw/kl+attr-seed7.kgaraw");
  CHECK(RunDirectory::raw_name("bose", "s:gender", 0) == "raw/bose-s-gender-seed0.kgaraw");
}

TEST_CASE("Fingerprints hold no blank and do not change from call to call", "[run][provenance]") {
  CHECK(build_fingerprint() == build_fingerprint());
  CHECK(machine_fingerprint() == machine_fingerprint());
  CHECK(build_fingerprint().contains("compiler"));
  CHECK(machine_fingerprint().contains("processors"));
  for (const auto& facts : {build_fingerprint(), machine_fingerprint(), machine_state()}) {
    for (const auto& [name, value] : facts) CHECK_FALSE(value.empty());
  }
  CHECK(peak_memory() > (1U << 20U));
}

}  // namespace
}  // namespace kgaudit::run
