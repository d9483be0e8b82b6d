#include "reports/record/list_stability.hpp"

namespace kgaudit::reports {

double ListStability::needed() const {
  if (by_chance == nullptr || !by_chance->measurement.defined()) return 1.0;
  return (1.0 + by_chance->measurement.value()) / 2.0;
}

bool is_stability_fact(const MeasurementLine& line) {
  return line.metric.starts_with("stability.");
}

bool ListStability::holds() const {
  return overlap != nullptr && overlap->measurement.defined() &&
         overlap->measurement.value() > needed();
}

ListStability list_stability(const FactIndex& facts, const SystemView& row,
                             const std::string& attribute) {
  const auto find = [&](std::string_view metric) -> const MeasurementLine* {
    for (const MeasurementLine* line : facts.lines_of(metric)) {
      if (line->system == row.system && line->view == row.view &&
          facet_or(line->facets, "attribute") == attribute &&
          facet_or(line->facets, "over") == "seeds") {
        return line;
      }
    }
    return nullptr;
  };
  return {find("stability.list_overlap"), find("stability.list_overlap_by_chance"),
          find("stability.list_correlation")};
}

}  // namespace kgaudit::reports
