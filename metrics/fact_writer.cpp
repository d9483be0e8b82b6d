#include "metrics/fact_writer.hpp"

#include <utility>

namespace kgaudit::metrics {

FactWriter::FactWriter(MetricOutput& output, std::string_view metric, Facets shared)
    : output_(output), prefix_(std::string(metric) + "."), shared_(std::move(shared)) {}

void FactWriter::add(std::string_view name, Measurement measurement, Facets facets) {
  for (const auto& [facet, value] : shared_) facets[facet] = value;
  output_.facts.push_back({prefix_ + std::string(name), std::move(facets), std::move(measurement)});
}

void FactWriter::undefined(std::span<const std::string_view> names, const std::string& reason,
                           std::uint64_t n, const std::string& unit, Direction direction,
                           const Facets& facets) {
  for (const std::string_view name : names) {
    add(name, Measurement::undefined(reason, n, unit, direction), facets);
  }
}

namespace {

/// Whether a metric asks the attribute's own relation, as one does that says nothing else of
/// itself.
bool asks_own_relation(std::string_view metric) {
  for (const MetricEntry* entry : all_measures()) {
    if (entry->id == metric) return !entry->rows_suffice && !entry->groups_suffice;
  }
  return true;
}

}  // namespace

MetricOutput measure_attributes(const MetricContext& context, const Parameters& parameters,
                                std::string_view metric, void (*measure)(AttributeTask&)) {
  MetricOutput output;
  const bool own_relation = asks_own_relation(metric);
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    if (!context.wants(attribute)) continue;
    if (own_relation && !attribute.source().in_graph()) continue;
    AttributeTask task{context, parameters, attribute, output,
                       FactWriter(output, metric, {{"attribute", attribute.id()}})};
    measure(task);
  }
  return output;
}

}  // namespace kgaudit::metrics
