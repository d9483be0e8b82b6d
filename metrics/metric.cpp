#include "metrics/metric.hpp"

#include <array>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

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
  std::vector<std::string_view> known;
  for (const MetricEntry* entry : metrics()) {
    if (entry->id == id) return *entry;
    known.push_back(entry->id);
  }
  std::string all;
  for (const std::string_view name : known) all += (all.empty() ? "" : ", ") + std::string(name);
  const auto nearest = nearest_word(id, known);
  throw InputError::usage("metric", printable(id), "one of: " + all,
                          nearest ? "did you mean " + *nearest + "?" : "");
}

}  // namespace kgaudit::metrics
