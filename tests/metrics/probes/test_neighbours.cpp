#include <algorithm>

#include "metrics/probe.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("The attribute's own triples do not reach the probe neighbours",
          "[metrics][leakage][neighbours]") {
  // Persons have rows of noise, the values stand far apart, and every other fact is a coin's.
  auto world = society(0.0, 17, 400);
  for (const char* value : {"male", "female"}) {
    auto row = world.table->entities.values(entity(world.data, value).index());
    std::ranges::fill(row, value[0] == 'm' ? 9.0F : -9.0F);
  }
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  const double auc = measured.value(
      "leakage.auc", {{"attribute", "gender"}, {"probe", "neighbours"}, {"persons", "stated"}});
  CHECK(auc < 0.6);
  CHECK(auc > 0.4);
  CHECK_FALSE(metrics::find_probe("neighbours").baseline);
}
