#include <algorithm>
#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("A planted skew of professions is ordered as planted; without one it is not",
          "[metrics][profession_bias]") {
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto biased = society(1.0, 41);
  const auto with = measure("profession_bias", biased.data, scorer_of(biased.table, "transe-dot"));
  CHECK(with.value("profession_bias.spearman", gender) > 0.8);
  CHECK(with.value("profession_bias.sign_agreement", gender) >= 5.0 / 6.0);
  // e_male - e_female = 2 on the axis where job_5 stands at 1: 2 alpha.
  CHECK(with.value("profession_bias.shift", {{"attribute", "gender"}, {"profession", "job_5"}}) ==
        near(2e-3, 1e-9));
  CHECK(with.value("profession_bias.shift", {{"attribute", "gender"}, {"profession", "job_0"}}) ==
        near(-2e-3, 1e-9));

  auto flat = society(0.0, 42);
  for (int o = 0; o < 6; ++o) {
    flat.table->entities.row(entity(flat.data, "job_" + std::to_string(o)).index())[0] = 0.0F;
  }
  const auto without = measure("profession_bias", flat.data, scorer_of(flat.table, "transe-dot"));
  CHECK(without.value("profession_bias.mean_abs", gender) == near(0.0, 1e-12));
}

TEST_CASE("Distance scores give every person's shift its own size, and an interval",
          "[metrics][profession_bias]") {
  const auto biased = society(1.0, 43);
  const auto measured = measure("profession_bias", biased.data,
                                scorer_of(biased.table, "transe-l2"), {{"max_persons", "200"}});
  const Measurement& shift =
      measured.fact("profession_bias.shift", {{"attribute", "gender"}, {"profession", "job_5"}});
  CHECK(shift.n() == 200);
  REQUIRE(shift.interval());
  CHECK(shift.interval()->low > 0.0);
}

TEST_CASE("Whitelisted professions do not enter the agreement with the counts",
          "[metrics][profession_bias]") {
  auto world = society(1.0, 44);
  const auto scorer = scorer_of(world.table, "transe-dot");
  const std::map<std::string, std::string> gender = {{"attribute", "gender"}};
  const auto all = measure("profession_bias", world.data, scorer);
  world.data.whitelist.entries[0].professions = {entity(world.data, "job_5")};
  const auto fewer = measure("profession_bias", world.data, scorer);
  CHECK(fewer.fact("profession_bias.spearman", gender).n() + 1 ==
        all.fact("profession_bias.spearman", gender).n());
}

TEST_CASE("Values with one row for both agree with half of the professions",
          "[metrics][profession_bias]") {
  auto world = society(1.0, 45);
  std::ranges::copy(world.table->entities.values(entity(world.data, "male").index()),
                    world.table->entities.row(entity(world.data, "female").index()));
  const auto same = measure("profession_bias", world.data, scorer_of(world.table, "transe-dot"));
  CHECK(same.value("profession_bias.sign_agreement", {{"attribute", "gender"}}) == near(0.5));
}
