#include <array>

#include "suite/base/roster.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run {

namespace gate_outputs_roster {
#define KGA_ENTRY(stem, id) extern const GateOutput stem;
#include "suite/gate/outputs/roster.def"
#undef KGA_ENTRY
}  // namespace gate_outputs_roster

std::span<const GateOutput* const> gate_outputs() {
#define KGA_ENTRY(stem, id) &gate_outputs_roster::stem,
  static constexpr std::array kAll = {
#include "suite/gate/outputs/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const GateOutput& find_gate_output(std::string_view id) {
  return find_in_roster(gate_outputs(), id, "gate output");
}

}  // namespace kgaudit::run
