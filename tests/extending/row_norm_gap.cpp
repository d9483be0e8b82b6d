#include <cmath>

#include "metrics/fact_writer.hpp"
#include "metrics/metric.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

double mean_norm(const AttributeTask& task, std::uint32_t value, std::uint64_t& n) {
  double sum = 0.0;
  for (const EntityId person : task.attribute.train_persons()) {
    const auto values = task.attribute.train_values(person);
    if (values.size() != 1 || values.front() != value) continue;
    double squares = 0.0;
    for (const float x : task.context.scorer.entity_row(person))
      squares += static_cast<double>(x) * static_cast<double>(x);
    sum += std::sqrt(squares);
    ++n;
  }
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}

void measure_attribute(AttributeTask& task) {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  const double gap = mean_norm(task, 0, first) - mean_norm(task, 1, second);
  task.facts.add("mean", first == 0 || second == 0
                             ? Measurement::undefined("one of the two commonest groups is empty",
                                                      first + second, "", Direction::kNearer)
                             : Measurement::checked(gap, first + second, "", Direction::kNearer));
}

MetricOutput measure_row_norm_gap(const MetricContext& context, const Parameters& parameters) {
  return measure_attributes(context, parameters, "row_norm_gap", &measure_attribute);
}

std::span<const ParameterSpec> row_norm_gap_parameters() { return {}; }

}  // namespace

extern const MetricEntry row_norm_gap;
constinit const MetricEntry row_norm_gap = {
    .id = "row_norm_gap",
    .title = "Row norm gap",
    .reading = "0: rows of both groups are equally long on average.",
    .formula = "mean |E_p| over the commonest group - mean |E_p| over the second commonest",
    .range = "unbounded, in embedding units",
    .neutral = "0",
    .direction = "nearer to 0 is better",
    .source = "docs/extending.md",
    .pitfalls = "Norms follow degree: compare groups of like degree before concluding anything.",
    .parameters = &row_norm_gap_parameters,
    .measure = &measure_row_norm_gap,
};

}  // namespace kgaudit::metrics::measures_roster
