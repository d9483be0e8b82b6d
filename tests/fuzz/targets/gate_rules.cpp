#include "suite/gate/gate_rules.hpp"
#include "suite/base/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// kgaudit.toml. Rules that are taken are written as they read.
void gate_rules(std::string_view bytes) {
  const run::GateRules rules = run::parse_gate_rules(bytes, "kgaudit.toml");
  const std::string text = run::gate_rules_text(rules);
  KGA_REQUIRE(run::gate_rules_text(run::parse_gate_rules(text, "again")) == text,
              "the rules change when they are written:\n{}", text);
}

}  // namespace kgaudit::fuzz::targets
