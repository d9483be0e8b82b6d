#include "suite/base/error.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/plan/plan_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// A plan file. A plan that is taken prints as one that means the same, as TOML and as JSON.
void plans(std::string_view bytes) {
  const run::Plan plan = run::parse_plan(bytes, "plan.toml");
  const std::string text = run::print(plan);
  KGA_REQUIRE(run::parse_plan(text, "again") == plan, "the plan prints as another one:\n{}", text);
  const std::string json = run::to_json(plan);
  KGA_REQUIRE(run::to_json(run::plan_from_json(json, "again")) == json,
              "the plan reads from JSON as another one:\n{}", json);
}

}  // namespace kgaudit::fuzz::targets
