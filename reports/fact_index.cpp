#include "reports/fact_index.hpp"

namespace kgaudit::reports {

FactIndex::FactIndex(const RunRecord& record) : systems_(system_views(record)) {
  for (const MeasurementLine& line : record.measurements) {
    OfMetric& metric = metrics_[line.metric];
    metric.lines.push_back(&line);
    metric.facts[Key(line.system, line.view, line.facets)].push_back(&line);
    if (metric.first.emplace(line.facets, &line).second) metric.facets.push_back(line.facets);
  }
}

std::span<const MeasurementLine* const> FactIndex::facts(const SystemView& row,
                                                         std::string_view metric,
                                                         const Facets& facets) const {
  const auto of_metric = metrics_.find(metric);
  if (of_metric == metrics_.end()) return {};
  const auto found = of_metric->second.facts.find(Key(row.system, row.view, facets));
  if (found == of_metric->second.facts.end()) return {};
  return found->second;
}

const std::vector<Facets>& FactIndex::facets_of(std::string_view metric) const {
  static const std::vector<Facets> kNone;
  const auto found = metrics_.find(metric);
  return found == metrics_.end() ? kNone : found->second.facets;
}

const std::vector<const MeasurementLine*>& FactIndex::lines_of(std::string_view metric) const {
  static const std::vector<const MeasurementLine*> kNone;
  const auto found = metrics_.find(metric);
  return found == metrics_.end() ? kNone : found->second.lines;
}

const MeasurementLine* FactIndex::first(std::string_view metric, const Facets& facets) const {
  const auto of_metric = metrics_.find(metric);
  if (of_metric == metrics_.end()) return nullptr;
  const auto found = of_metric->second.first.find(facets);
  return found == of_metric->second.first.end() ? nullptr : found->second;
}

}  // namespace kgaudit::reports
