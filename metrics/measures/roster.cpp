#include <array>

#include "metrics/metric.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::metrics {

namespace measures_roster {
#define KGA_ENTRY(stem, id) extern const MetricEntry stem;
#include "metrics/measures/roster.def"
#undef KGA_ENTRY
}  // namespace measures_roster

std::span<const MetricEntry* const> metrics() {
#define KGA_ENTRY(stem, id) &measures_roster::stem,
  static constexpr std::array kAll = {
#include "metrics/measures/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const MetricEntry& find_metric(std::string_view id) {
  return find_in_roster(metrics(), id, "metric");
}

}  // namespace kgaudit::metrics
