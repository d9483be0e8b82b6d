#include <cmath>

#include "metrics/metric.hpp"

namespace kgaudit::metrics {
namespace {

double mean_norm(const MetricContext& context, const datasets::PersonAttribute& attribute,
                 std::uint32_t value, std::uint64_t& n) {
  double sum = 0.0;
  for (const EntityId person : attribute.train_persons()) {
    const auto values = attribute.train_values(person);
    if (values.size() != 1 || values.front() != value) continue;
    double squares = 0.0;
    for (const float x : context.scorer.entity_row(person))
      squares += static_cast<double>(x) * static_cast<double>(x);
    sum += std::sqrt(squares);
    ++n;
  }
  return n == 0 ? 0.0 : sum / static_cast<double>(n);
}

MetricOutput measure(const MetricContext& context, const Parameters& /*parameters*/) {
  MetricOutput output;
  for (const datasets::PersonAttribute& attribute : context.data.attributes.sensitive()) {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    const double gap =
        mean_norm(context, attribute, 0, first) - mean_norm(context, attribute, 1, second);
    output.facts.push_back(
        {"row_norm_gap.mean",
         {{"attribute", attribute.id()}},
         first == 0 || second == 0
             ? Measurement::undefined("one of the two commonest groups is empty", first + second,
                                      "", Direction::kNearer)
             : Measurement::checked(gap, first + second, "", Direction::kNearer)});
  }
  return output;
}

std::span<const ParameterSpec> parameters() { return {}; }

}  // namespace

const MetricEntry& row_norm_gap_metric() {
  static const MetricEntry kEntry = {
      .id = "row_norm_gap",
      .title = "Row norm gap",
      .formula = "mean |E_p| over the commonest group - mean |E_p| over the second commonest",
      .range = "unbounded, in embedding units",
      .neutral = "0",
      .direction = "nearer to 0 is better",
      .source = "docs/extending.md",
      .pitfalls = "Norms follow degree: compare groups of like degree before concluding anything.",
      .parameters = &parameters,
      .measure = &measure,
  };
  return kEntry;
}

}  // namespace kgaudit::metrics
