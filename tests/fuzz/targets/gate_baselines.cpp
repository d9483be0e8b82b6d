#include "suite/base/error.hpp"
#include "suite/gate/gate_baseline.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// kgaudit-baseline.json. A baseline that is taken is written as it reads.
void gate_baselines(std::string_view bytes) {
  const run::GateBaseline baseline = run::parse_baseline(bytes, "kgaudit-baseline.json");
  const std::string text = run::baseline_text(baseline);
  KGA_REQUIRE(run::parse_baseline(text, "again") == baseline,
              "the baseline changes when it is written:\n{}", text);
}

}  // namespace kgaudit::fuzz::targets
