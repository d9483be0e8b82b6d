#include "metrics/metric.hpp"

#include <array>

#include "suite/base/roster.hpp"

namespace kgaudit::metrics {

// Every measures/<stem>.cpp defines <stem>_metric().
#define KGA_ENTRY(stem, id) [[nodiscard]] const MetricEntry& stem##_metric();
#include "metrics/measures/roster.def"
#undef KGA_ENTRY

std::span<const MetricEntry* const> metrics() {
#define KGA_ENTRY(stem, id) &stem##_metric(),
  static const auto roster = std::to_array<const MetricEntry*>({
#include "metrics/measures/roster.def"
  });
#undef KGA_ENTRY
  return roster;
}

const MetricEntry& find_metric(std::string_view id) {
  return find_in_roster(metrics(), id, "metric");
}

}  // namespace kgaudit::metrics
