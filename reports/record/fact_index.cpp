#include "reports/record/fact_index.hpp"

#include <algorithm>
#include <functional>

#include <boost/container_hash/hash.hpp>

#include "reports/record/release.hpp"

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

FactIndex::FactIndex(const RunRecord& record)
    : systems_(system_views(record)), with_vectors_(systems_with_vectors(record)) {
  for (const MeasurementLine& line : record.measurements) {
    seeds_.emplace(line.seed, seeds_.size());
    OfMetric& metric = metrics_[line.metric];
    metric.lines.push_back(&line);
    metric.facts[Key(line.system, line.view, line.facets)].push_back(&line);
    if (metric.first.emplace(line.facets, &line).second) metric.facets.push_back(line.facets);
  }
  for (auto& [name, metric] : metrics_) {
    for (auto& [key, facts] : metric.facts) sort_by_seed(facts);
  }
}

void FactIndex::sort_by_seed(std::vector<const MeasurementLine*>& facts) const {
  std::stable_sort(facts.begin(), facts.end(), [this](const auto* a, const auto* b) {
    return seeds_.at(a->seed) < seeds_.at(b->seed);
  });
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

std::vector<const MeasurementLine*> FactIndex::facts(const SystemView& row, const FactName& name,
                                                     const std::string& attribute) const {
  const Facets wanted = facets_in_row(name.all_facets(attribute), row);
  const SystemView of = {row.system, of_training(name.metric) ? "" : row.view};
  const auto exact = facts(of, name.metric, wanted);
  if (!exact.empty()) return {exact.begin(), exact.end()};
  const MeasurementLine* chosen = nullptr;
  for (const MeasurementLine* line : lines_of(name.metric)) {
    if (line->system != of.system || line->view != of.view || !line->facets.contains("view")) {
      continue;
    }
    Facets without_view = line->facets;
    without_view.erase("view");
    if (without_view != wanted) continue;
    if (chosen == nullptr || line->facets < chosen->facets) chosen = line;
  }
  if (chosen == nullptr) return {};
  const auto of_view = facts(of, name.metric, chosen->facets);
  return {of_view.begin(), of_view.end()};
}

const MeasurementLine* FactIndex::first(const FactName& name, const std::string& attribute) const {
  const MeasurementLine* undefined = nullptr;
  for (const SystemView& row : systems_) {
    for (const MeasurementLine* fact : facts(row, name, attribute)) {
      if (fact->measurement.defined()) return fact;
      if (undefined == nullptr) undefined = fact;
    }
  }
  return undefined;
}

std::string_view FactIndex::release(const SystemView& row, std::string_view metric,
                                    const Facets& facets) const {
  const bool has = std::ranges::find(with_vectors_, row.system) != with_vectors_.end();
  return has ? release_of(row, metric, facets) : "";
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
