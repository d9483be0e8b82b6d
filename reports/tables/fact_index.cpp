#include "reports/tables/fact_index.hpp"

#include <functional>

#include <boost/container_hash/hash.hpp>

namespace kgaudit::reports {

std::size_t FactIndex::Hash::operator()(const Facets& facets) const {
  std::size_t hash = 0;
  for (const auto& [name, value] : facets) {
    boost::hash_combine(hash, name);
    boost::hash_combine(hash, value);
  }
  return hash;
}

std::size_t FactIndex::Hash::operator()(const Key& key) const {
  const auto& [system, view, facets] = key;
  std::size_t hash = (*this)(facets);
  boost::hash_combine(hash, std::hash<std::string_view>()(system));
  boost::hash_combine(hash, std::hash<std::string_view>()(view));
  return hash;
}

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
