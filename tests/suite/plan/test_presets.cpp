#include "suite/plan/presets.hpp"

#include "tests/suite/plan/resolved.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using tests::with;

TEST_CASE("Every preset is a valid plan that says what it is for", "[run][presets]") {
  REQUIRE(presets().size() >= 2);
  for (const Preset& preset : presets()) {
    INFO(preset.name);
    CHECK_FALSE(preset_description(preset).empty());
    CHECK(with({{"preset", std::string(preset.name), "--preset"}}).preset == preset.name);
  }
  CHECK(preset_for_dataset("no-such-dataset").name == "default");
}

}  // namespace
}  // namespace kgaudit::run
