#include <algorithm>
#include <array>

#include "metrics/fact_writer.hpp"
#include "metrics/formulas/rank_aggregates.hpp"
#include "metrics/formulas/train_degrees.hpp"
#include "metrics/metric.hpp"
#include "metrics/stats/estimates.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics::measures_roster {
namespace {

/// The predictions of one or both sides with the degree of the entity to be found.
struct Targets {
  std::vector<double> reciprocal_ranks;
  std::vector<double> degree;
  std::vector<double> relation_frequency;
  std::vector<std::uint32_t> triples;
};

Targets targets(const MetricContext& context, Side side) {
  const std::vector<Degree> degrees = train_degrees(context.data.graph);
  std::vector<double> frequency(context.data.graph.relation_count(), 0.0);
  for (const datasets::Triple& t : context.data.graph.train()) frequency[t.relation.index()] += 1.0;
  const Predictions p = predictions(context.ranks, side, Filter::kFiltered, TiePolicy::kRealistic);
  Targets result;
  result.reciprocal_ranks = reciprocal(p.ranks);
  result.triples = p.triples;
  for (std::size_t i = 0; i < p.triples.size(); ++i) {
    const datasets::Triple& t = context.ranks.triples[p.triples[i]];
    const bool tail = side == Side::kTail || (side == Side::kBoth && i % 2 == 1);
    result.degree.push_back(degrees[(tail ? t.tail : t.head).index()].total());
    result.relation_frequency.push_back(frequency[t.relation.index()]);
  }
  return result;
}

/// Quartile 1 (rare) .. 4 (frequent) of every target by degree; equal degrees stay together, so
/// quartiles may differ in size.
std::vector<int> quartiles(std::span<const double> degree) {
  std::vector<double> sorted(degree.begin(), degree.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<int> result;
  for (const double d : degree) {
    int quartile = 1;
    for (std::size_t q = 1; q < 4; ++q) {
      if (d > sorted[(sorted.size() * q + 3) / 4 - 1]) quartile = static_cast<int>(q) + 1;
    }
    result.push_back(quartile);
  }
  return result;
}

void add_quartiles(FactWriter& facts, const Targets& t) {
  const auto quartile = quartiles(t.degree);
  std::array<std::vector<double>, 4> values;
  for (std::size_t i = 0; i < quartile.size(); ++i) {
    values[static_cast<std::size_t>(quartile[i] - 1)].push_back(t.reciprocal_ranks[i]);
  }
  for (std::size_t q = 0; q < 4; ++q) {
    facts.add("mrr", mean_measurement(values[q], "predictions", "", Direction::kHigher),
              {{"quartile", std::to_string(q + 1)}});
  }
  facts.add(
      "quartile_gap",
      values[0].empty() || values[3].empty()
          ? Measurement::undefined("the lowest or the highest quartile is empty (equal degrees)",
                                   t.degree.size(), "", Direction::kNearer)
          : estimate(mean(values[3]) - mean(values[0]), t.degree.size(), "", Direction::kNearer,
                     difference_interval(values[3], values[0], "predictions")));
}

Measurement stratified(const Targets& t, double entity_power, double relation_power) {
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < t.degree.size(); ++i) {
    // Unseen entities would weigh infinitely; they weigh as those seen once.
    const double w = portable::pow(std::max(t.degree[i], 1.0), -entity_power) *
                     portable::pow(std::max(t.relation_frequency[i], 1.0), -relation_power);
    sum += w * t.reciprocal_ranks[i];
    weights += w;
  }
  return estimate(sum / weights, t.degree.size(), "", Direction::kHigher);
}

std::span<const ParameterSpec> degree_bias_parameters() {
  static const std::array table = {
      ParameterSpec::real("entity_power", 0.5, 0.0, 2.0, "",
                          "Power p of stratified MRR: an entity to be found weighs degree^-p"),
      ParameterSpec::real("relation_power", 0.0, 0.0, 2.0, "",
                          "Power p of stratified MRR: a relation weighs frequency^-p"),
  };
  return table;
}

MetricOutput measure_degree_bias(const MetricContext& context, const Parameters& parameters) {
  MetricOutput output;
  const std::array<std::pair<Side, const char*>, 3> sides = {
      {{Side::kTail, "tail"}, {Side::kHead, "head"}, {Side::kBoth, "both"}}};
  for (const auto& [side, name] : sides) {
    const Targets t = targets(context, side);
    FactWriter facts(output, "degree_bias", {{"side", name}});
    facts.add("spearman", spearman_measurement(t.degree, t.reciprocal_ranks, "predictions",
                                               Direction::kNearer));
    if (t.degree.empty()) {
      constexpr std::array<std::string_view, 2> kOthers = {"quartile_gap", "stratified_mrr"};
      facts.undefined(kOthers, "no test triple");
      continue;
    }
    add_quartiles(facts, t);
    facts.add("stratified_mrr",
              stratified(t, parameters.real("entity_power"), parameters.real("relation_power")));
  }
  return output;
}

}  // namespace

extern const MetricEntry degree_bias;
constinit const MetricEntry degree_bias = {
    .id = "degree_bias",
    .title = "Degree bias: are frequent entities found better than rare ones?",
    .reading = "Above 0: entities with many facts are found more easily than those with few.",
    .formula =
        "Degree of an entity = its occurrences in train as head or tail. spearman: rank "
        "correlation of the degree of the entity to be found with its filtered reciprocal rank; "
        "mrr by quartile of that degree; quartile_gap = MRR of the highest - of the lowest "
        "quartile; stratified_mrr = sum w / rank / sum w with w = degree^-entity_power * "
        "frequency(r)^-relation_power.",
    .range = "spearman in [-1, 1]; quartile_gap in [-1, 1]; stratified_mrr in [0, 1]",
    .neutral = "0 for spearman and quartile_gap",
    .direction = "nearer to 0 is less bound to popularity; higher stratified_mrr is better",
    .source =
        "Mohamed et al. 2020 (stratified metrics); correlation and quartiles are this "
        "project's",
    .pitfalls =
        "Degree goes with the relation: tails of gender are frequent and easy. Compare sides, "
        "and read the MRR of each relation with it. More in docs/measures.md.",
    .parameters = &degree_bias_parameters,
    .measure = &measure_degree_bias,
    .vectors = VectorUse::kRanks,
    .groups_suffice = true,
    .ranks_suffice = true,
};

}  // namespace kgaudit::metrics::measures_roster
