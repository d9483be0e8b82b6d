#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("The model's own professions are at distance when they follow the gender axis",
          "[metrics][parity]") {
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto biased = society(1.5, 51);
  const auto with = measure("parity", biased.data, scorer_of(biased.table, "transe-dot"));
  const auto fair = society(0.0, 52);
  const auto without = measure("parity", fair.data, scorer_of(fair.table, "transe-dot"));
  CHECK(with.value("parity.dpd", gender) > 0.5);
  CHECK(without.value("parity.dpd", gender) < 0.25);
  CHECK(without.value("parity.dpd", gender) <= 1.0);
}

TEST_CASE("With a single profession nothing about professions is measured, and each figure says so",
          "[metrics][parity][amplification][profession_bias][group_gap]") {
  const auto world = society(0.0, 53, 600, 1);
  const auto scorer = scorer_of(world.table, "transe-dot");
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto parity = measure("parity", world.data, scorer);
  CHECK_FALSE(parity.fact("parity.accuracy", {}).defined());
  CHECK_FALSE(parity.fact("parity.dpd", gender).defined());
  CHECK(parity.fact("parity.ppd", gender).reason() ==
        "all professions, asked and answered, are of one class");
  const auto amplification = measure("amplification", world.data, scorer);
  CHECK(amplification.fact("amplification.mean", {{"attribute", "gender"}, {"top", "100"}})
            .reason() == "one profession");
  for (const auto& fact : amplification.output.facts) {
    CHECK(fact.metric != "amplification.data_bias");
    CHECK(fact.metric != "amplification.mean_abs_data_bias");
  }
  const auto shifts = measure("profession_bias", world.data, scorer);
  for (const char* name : {"mean_abs", "sign_agreement", "spearman"}) {
    CAPTURE(name);
    CHECK(shifts.fact(std::string("profession_bias.") + name, gender).reason() == "one profession");
  }
  const auto gaps = measure("group_gap", world.data, scorer);
  CHECK_FALSE(gaps.fact("group_gap.profession_score_mean_abs", gender).defined());
  for (const auto& fact : gaps.output.facts) CHECK(fact.metric != "group_gap.profession_score");
}
