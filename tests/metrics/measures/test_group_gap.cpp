#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("A planted gender axis makes groups differ, a fair world does not",
          "[metrics][group_gap]") {
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto biased = society(1.0, 73);
  const auto with = measure("group_gap", biased.data, scorer_of(biased.table, "transe-dot"));
  CHECK(with.value("group_gap.profession_score_mean_abs", gender) > 0.5);
  CHECK(with.value("group_gap.profession_score_spearman", gender) > 0.8);
  const auto fair = society(0.0, 74);
  const auto without = measure("group_gap", fair.data, scorer_of(fair.table, "transe-dot"));
  CHECK(without.value("group_gap.profession_score_mean_abs", gender) < 0.25);
  const Measurement& gap = without.fact("group_gap.person_mrr_gap", gender);
  REQUIRE(gap.interval());
  CHECK(std::abs(gap.value()) < gap.interval()->high - gap.interval()->low);
  CHECK_THAT(gap.interval()->method, Catch::Contains("persons"));
}

TEST_CASE("A mean over professions without a gap of their own is undefined",
          "[metrics][group_gap]") {
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto biased = society(1.0, 73);
  const auto few = measure("group_gap", biased.data, scorer_of(biased.table, "transe-dot"),
                           {{"min_group", "100000"}});
  for (const char* name :
       {"group_gap.profession_score_mean_abs", "group_gap.profession_score_spearman"}) {
    INFO(name);
    const Measurement& summary = few.fact(name, gender);
    REQUIRE_FALSE(summary.defined());
    CHECK(summary.reason() == "no profession has min_group = 100000 persons of both values");
  }
}
