#include "suite/plan/plan.hpp"

#include "suite/base/error.hpp"
#include "tests/suite/plan/resolved.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using tests::with;

TEST_CASE("A plan holds the tables of what it lists and no others", "[run][plan]") {
  const Plan plan = with({{"systems", "basic", "--systems"}}, "[system.kl]\n");
  for (const PlanSection& section : plan.sections) CHECK(section.path != "system.kl");
  CHECK_THROWS_AS(plan.system("kl"), BrokenInvariant);
}

}  // namespace
}  // namespace kgaudit::run
