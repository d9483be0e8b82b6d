#include <array>

#include "metrics/metric.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::metrics {

namespace row_measures_roster {
#define KGA_ENTRY(stem, id) extern const MetricEntry stem;
#include "metrics/row_measures/roster.def"
#undef KGA_ENTRY
}  // namespace row_measures_roster

std::span<const MetricEntry* const> row_measures() {
#define KGA_ENTRY(stem, id) &row_measures_roster::stem,
  static constexpr std::array kAll = {
#include "metrics/row_measures/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const MetricEntry& find_row_measure(std::string_view id) {
  return find_in_roster(row_measures(), id, "row measure");
}

}  // namespace kgaudit::metrics
