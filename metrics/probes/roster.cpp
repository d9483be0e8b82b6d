#include <array>

#include "metrics/probe.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::metrics {

namespace probes_roster {
#define KGA_ENTRY(stem, id) extern const ProbeEntry stem;
#include "metrics/probes/roster.def"
#undef KGA_ENTRY
}  // namespace probes_roster

std::span<const ProbeEntry* const> probes() {
#define KGA_ENTRY(stem, id) &probes_roster::stem,
  static constexpr std::array kAll = {
#include "metrics/probes/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const ProbeEntry& find_probe(std::string_view id) { return find_in_roster(probes(), id, "probe"); }

}  // namespace kgaudit::metrics
