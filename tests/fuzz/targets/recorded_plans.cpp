#include "suite/base/error.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/plan/plan_text.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// The plan in a record's first line, which `verify` trains again.
void recorded_plans(std::string_view bytes) {
  const run::Plan plan = run::plan_from_json(bytes, "record.jsonl:1");
  const std::string json = run::to_json(plan);
  KGA_REQUIRE(run::to_json(run::plan_from_json(json, "again")) == json,
              "the plan reads as another one:\n{}", json);
}

}  // namespace kgaudit::fuzz::targets
