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
