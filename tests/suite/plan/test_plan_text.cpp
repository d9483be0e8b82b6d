#include "suite/plan/plan_text.hpp"

#include "suite/plan/plan_identity.hpp"
#include "suite/plan/presets.hpp"
#include "tests/suite/plan/resolved.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using tests::with;

TEST_CASE("A printed plan reads back as the same plan", "[run][plan]") {
  for (const Preset& preset : presets()) {
    const Plan plan = with({{"preset", std::string(preset.name), "--preset"},
                            {"seeds", "7,3", "--seeds"},
                            {"systems", "kl+attr,basic", "--systems"},
                            {"training.learning_rate", "0.1234567890123", "--set"}});
    INFO(print(plan));
    const Plan again = parse_plan(print(plan));
    CHECK(again == plan);
    CHECK(print(again) == print(plan));
    CHECK(plan_hash(again) == plan_hash(plan));
  }
}

TEST_CASE("A text with quotes and control characters survives printing", "[run][plan]") {
  const Plan plan = with({{"run.out", "a \"b\"\\c\td", "--out"}});
  CHECK(parse_plan(print(plan)).execution().text("out") == "a \"b\"\\c\td");
}

}  // namespace
}  // namespace kgaudit::run
