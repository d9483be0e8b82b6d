#include "reports/record/release.hpp"

#include <algorithm>
#include <array>

namespace kgaudit::reports {
namespace {

/// Facts that come from ranks; beside them stand those of rows alone.
constexpr std::array<std::string_view, 4> kOfRanks = {"link_prediction.", "test_prediction_bias.",
                                                      "degree_bias.", "group_gap."};
constexpr std::string_view kGroupScores = "group_gap.profession_score";

}  // namespace

bool is_release(const SystemView& row) { return row.view == kRowsAlone || row.view == kWhole; }

bool has_releases(const RunRecord& record, std::string_view system) {
  return std::ranges::any_of(record.measurements, [&](const MeasurementLine& line) {
    return line.system == system && (line.view == kRowsAlone || line.view == kWhole);
  });
}

bool mixes_releases(const RunRecord& record, const SystemView& row) {
  return row.view.empty() && has_releases(record, row.system);
}

bool named_for_vectors(std::string_view system) { return system.ends_with("+attr"); }

std::vector<std::string> systems_with_vectors(const RunRecord& record) {
  std::vector<std::string> systems;
  for (const MeasurementLine& line : record.measurements) {
    const bool has =
        line.view == kRowsAlone || line.view == kWhole || named_for_vectors(line.system);
    if (has && std::ranges::find(systems, line.system) == systems.end()) {
      systems.push_back(line.system);
    }
  }
  return systems;
}

std::string_view release_of(const SystemView& row, std::string_view metric, const Facets& facets) {
  if (of_training(metric)) return "";
  if (row.view == kRowsAlone) return kRowsAlone;
  if (row.view == kWhole) return kWhole;
  if (metric.starts_with("significance.")) {
    // Only tests of a score gap against 0 name no metric.
    const auto compared = facets.find("metric");
    return compared == facets.end() ? kRowsAlone : release_of(row, compared->second, facets);
  }
  const bool ranked = std::ranges::any_of(
      kOfRanks, [&](std::string_view family) { return metric.starts_with(family); });
  return ranked && !metric.starts_with(kGroupScores) ? kWhole : kRowsAlone;
}

Facets facets_in_row(Facets facets, const SystemView& row) {
  const auto release = facets.find("release");
  if (row.view == kWhole && release != facets.end()) release->second = kWhole;
  return facets;
}

}  // namespace kgaudit::reports
