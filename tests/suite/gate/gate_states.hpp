#pragma once

#include <string>
#include <vector>

#include "suite/gate/gate_rules.hpp"
#include "suite/gate/gate_state.hpp"

namespace kgaudit::tests {

/// Values of a figure, for seeds 0, 1, 2 ...
struct OfFigure {
  std::string figure;
  std::vector<double> values;
  std::string attribute = {};
  std::string row = "basic";
};

/// What a record of a small bench would say.
[[nodiscard]] inline run::GateState state_with(const std::vector<OfFigure>& figures,
                                               std::uint64_t first_seed = 0) {
  run::GateState state;
  state.kind = "bench";
  state.dataset = "tiny";
  state.data_files = {{"train.txt", "aa"}};
  state.graph_hash = "bb";
  state.measuring = "cc";
  state.plan_hash = "dd";
  state.build = {{"flags", "-O3"}, {"version", "1"}};
  state.machine = {{"cpu", "one"}};
  state.figure_versions =
      run::figure_versions_of({{run::kFigureVersions, run::figure_versions_text()}});
  for (const OfFigure& one : figures) {
    run::GatedValue value;
    value.n = 100;
    if (one.values.empty()) value.undefined = "diverged at epoch 3";
    for (std::size_t i = 0; i < one.values.size(); ++i) value.seeds[first_seed + i] = one.values[i];
    state.values[{one.figure, one.row, one.attribute}] = value;
  }
  return state;
}

/// One rule: worse by this share of the baseline, or by this much, fails.
[[nodiscard]] inline run::GateRules rules_of(const std::string& lines) {
  return run::parse_gate_rules("[gate]\n" + lines, "kgaudit.toml");
}

}  // namespace kgaudit::tests
