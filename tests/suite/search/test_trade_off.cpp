#include "suite/search/trade_off.hpp"

#include "suite/base/error.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

Plan plan_of(const std::string& systems) {
  return resolve_plan({std::nullopt, "plan", {{"systems", systems, "test"}}});
}

std::vector<SweepStep> steps(const std::string& systems, std::vector<std::string> words) {
  return sweep_steps(plan_of(systems), words);
}

TEST_CASE("A sweep walks each system's weights together from end to end", "[run][sweep]") {
  const auto walk = steps("basic,bose,kl", {"3"});
  REQUIRE(walk.size() == 1 + 3 + 3);
  CHECK(walk[0].values.empty());
  CHECK(values_text(walk[1]) == "gamma 0.1");
  CHECK(values_text(walk[2]) == "gamma 10");
  CHECK(values_text(walk[3]) == "gamma 1000");
  CHECK(values_text(walk[4]) ==
        "weight_gender 0.003, weight_religion 0.002, weight_ethnicity 0.002, weight_nationality "
        "0.002, weight_other 0.002");
  CHECK(steps("bose", {}).size() == 5);
  CHECK(steps("bose", {""}).size() == 5);
  CHECK(values_text(steps("inlp", {"2"})[1]) == "rounds 64");
}

TEST_CASE("Values of one's own are swept as given, for the systems they name", "[run][sweep]") {
  const auto own = steps("basic,kl+attr,bose",
                         {"system.kl+attr.class_weight=10,300", "system.\"kl+attr\".strata=1"});
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

TEST_CASE("The table of a sweep names the optimal runs, and its figures have a curve a system",
          "[run][sweep]") {
  const Plan plan = plan_of("basic,bose");
  const std::vector<TradeOffPoint> points = {
      {"basic-01", {"basic", {}}, {0.30, 1.0, 0.2}, true},
      {"bose-01", {"bose", {{"gamma", 10.0}}}, {0.25, 0.5, 0.1}, true},
      {"bose-02", {"bose", {{"gamma", 100.0}}}, {0.20, 0.6, std::nullopt}, false}};
  const std::string text = reports::render_markdown(trade_off_table(points, plan));
  CHECK_THAT(text, Catch::Matchers::Contains("Pareto-optimal: basic-01, bose-01.") &&
                       Catch::Matchers::Contains("gamma 100") &&
                       Catch::Matchers::Contains("undef."));
  const auto figures = trade_off_figures(points);
  REQUIRE(figures.size() == 2);
  CHECK_THAT(figures[0].data, Catch::Matchers::Contains("0.6") && Catch::Matchers::Contains("0.2"));
  CHECK_THAT(figures[1].data, !Catch::Matchers::Contains("0.6"));
  CHECK(trade_off_figures(std::vector<TradeOffPoint>{{"basic-01", {"basic", {}}, {}, false}})
            .empty());
}

}  // namespace
}  // namespace kgaudit::run
