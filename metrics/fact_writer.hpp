#pragma once

#include <span>
#include <string>
#include <string_view>

#include "metrics/metric.hpp"

namespace kgaudit::metrics {

/// Writes the facts of one metric: each is called "<metric>.<name>" and carries the facets that all
/// of them share.
class FactWriter {
 public:
  FactWriter(MetricOutput& output, std::string_view metric, Facets shared = {});

  /// From here on every fact carries this facet too.
  void share(const std::string& facet, const std::string& value) { shared_[facet] = value; }

  void add(std::string_view name, Measurement measurement, Facets facets = {});
  /// Says of each of `names` for the same reason that it does not exist.
  void undefined(std::span<const std::string_view> names, const std::string& reason,
                 std::uint64_t n = 0, const std::string& unit = "",
                 Direction direction = Direction::kNearer, const Facets& facets = {});

 private:
  MetricOutput& output_;
  std::string prefix_;
  Facets shared_;
};

/// One sensitive attribute that is to be measured, and where its facts go.
struct AttributeTask {
  const MetricContext& context;
  const Parameters& parameters;
  const datasets::PersonAttribute& attribute;
  MetricOutput& output;  ///< for raw columns
  FactWriter facts;      ///< shares the facet "attribute"

  [[nodiscard]] const std::string& name(EntityId entity) const {
    return context.data.graph.entities().name(entity.value);
  }
  [[nodiscard]] const std::string& value_name(std::size_t value) const {
    return name(attribute.values()[value]);
  }
};

/// Runs `measure` for each sensitive attribute that the context wants, in the order of the data. An
/// attribute that the metric cannot be measured for (why_not) has no facts.
[[nodiscard]] MetricOutput measure_attributes(const MetricContext& context,
                                              const Parameters& parameters, std::string_view metric,
                                              void (*measure)(AttributeTask&));

}  // namespace kgaudit::metrics
