#include "suite/plan/plan_parameters.hpp"

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

TEST_CASE("Every key of a plan has a meaning and a default inside its range", "[run][plan]") {
  for (const PlanSection& section : all_plan_sections()) {
    CHECK_FALSE(section.meaning.empty());
    for (const ParameterSpec& row : section.values.table()) {
      INFO(section.path << "." << row.name);
      CHECK_FALSE(row.meaning.empty());
      Parameters fresh(section.values.table());
      CHECK_NOTHROW(fresh.set(row.name, row.default_value, "test"));
    }
  }
}

}  // namespace
}  // namespace kgaudit::run
