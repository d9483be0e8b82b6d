#include <fmt/format.h>

#include "metrics/metric.hpp"

namespace kgaudit::metrics {

std::optional<std::string> why_not(const MetricEntry& metric, const datasets::Dataset& data,
                                   const models::LinkScorer& scorer,
                                   const datasets::PersonAttribute* attribute) {
  if (!metric.rows_suffice) {
    if (scorer.relation_count() == 0) return "it asks relations, and these rows have none";
    if (data.graph.test().empty() && data.graph.train().empty()) {
      return "it asks about triples, and none are given";
    }
    if (attribute != nullptr && !attribute->source().in_graph() && !metric.groups_suffice) {
      const auto& source = attribute->source();
      if (source.parts.empty() && !source.proxies.empty()) {
        return fmt::format("the people file has a value of {} that no relation of the graph states",
                           source.id);
      }
      return fmt::format("no relation of the graph states {}", source.id);
    }
    return std::nullopt;
  }
  if (data.attributes.sensitive().empty()) return "no persons with attributes are given";
  if (attribute != nullptr && attribute->train_persons().empty()) {
    return fmt::format("nobody with a row has a known value of {}", attribute->id());
  }
  return std::nullopt;
}

std::vector<NotMeasured> not_measured(const datasets::Dataset& data,
                                      const models::LinkScorer& scorer) {
  std::vector<NotMeasured> result;
  for (const MetricEntry* metric : all_measures()) {
    if (const auto reason = why_not(*metric, data, scorer, nullptr)) {
      result.push_back({metric->id, "", *reason});
      continue;
    }
    for (const datasets::PersonAttribute& attribute : data.attributes.sensitive()) {
      if (const auto reason = why_not(*metric, data, scorer, &attribute)) {
        result.push_back({metric->id, attribute.id(), *reason});
      }
    }
  }
  return result;
}

}  // namespace kgaudit::metrics
