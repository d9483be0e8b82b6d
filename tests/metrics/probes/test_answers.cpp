#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

std::map<std::string, std::string> answered(const char* probe, const char* persons = "stated") {
  return {{"attribute", "gender"}, {"probe", probe}, {"persons", persons}};
}

}  // namespace

TEST_CASE("The probe answers reads what the model says of a person, and needs no row for it",
          "[metrics][leakage][answers]") {
  // The rows of persons tell gender on axis 0, and jobs stand on this axis.
  const auto world = society(2.0, 31, 400);
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  CHECK(measured.value("leakage.auc", answered("answers")) > 0.9);
  CHECK(measured.value("leakage.auc", answered("answers", "held_out")) > 0.85);
}

TEST_CASE("Relations that may use the attribute are not asked for", "[metrics][leakage][answers]") {
  auto world = society(2.0, 31, 200);
  // Of gender, its own relation is out anyway; with all others whitelisted nothing is left.
  world.data.whitelist.entries[0].relations = {relation(world.data, "profession"),
                                               relation(world.data, "religion"),
                                               relation(world.data, "believer_of")};
  const auto measured = measure("leakage", world.data, scorer_of(world.table, "transe-dot"));
  CHECK_FALSE(measured.fact("leakage.auc", answered("answers")).defined());
  CHECK_FALSE(measured.fact("leakage.auc", answered("answers", "held_out")).defined());
  // The strongest is taken from the others.
  CHECK(measured.value("leakage.strongest", {{"attribute", "gender"}, {"persons", "stated"}}) >
        0.9);
}
