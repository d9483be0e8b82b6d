#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "reports/record/rows.hpp"

namespace kgaudit::reports {

// The facts that tables, tests between systems, searches and audits speak of, each with every facet
// that it is recorded with. The metrics write these names; a test runs a small bench and asks that
// each of them is met.

/// A facet and its value. One with an empty name does not count.
struct NamedFacet {
  std::string_view name;
  std::string_view value;
};

/// A fact of a row: the metric and all its facets. A fact with further facets is another one.
struct FactName {
  std::string_view metric;
  std::array<NamedFacet, 4> facets = {};
  bool of_attribute = false;  ///< and the facet "attribute", whose value the reader chooses

  /// All facets; `attribute` is used where the fact is one of an attribute.
  [[nodiscard]] Facets all_facets(const std::string& attribute = "") const;
};

// Probes of the leakage metric.
inline constexpr std::string_view kLinearProbe = "linear";
inline constexpr std::string_view kMlpProbe = "mlp";
inline constexpr std::string_view kMajorityProbe = "majority";  ///< guesses the commonest value

/// Ranking of heads and tails against all entities, filtered, ties by the mean of best and worst
/// rank, over the test triples of `set`: "all", "without_sensitive", "persons" ...
[[nodiscard]] constexpr FactName filtered_ranking(std::string_view metric, std::string_view set) {
  return {
      .metric = metric,
      .facets = {{{"filter", "filtered"}, {"set", set}, {"side", "both"}, {"ties", "realistic"}}}};
}

/// What a probe reads of an attribute, on persons whose value train states.
[[nodiscard]] constexpr FactName of_probe(std::string_view metric, std::string_view probe) {
  return {.metric = metric,
          .facets = {{{"persons", "stated"}, {"probe", probe}}},
          .of_attribute = true};
}

inline constexpr FactName kFilteredMrr = filtered_ranking("link_prediction.mrr", "all");
inline constexpr FactName kFilteredHitsAt1 = filtered_ranking("link_prediction.hits_at_1", "all");
inline constexpr FactName kFilteredHitsAt10 = filtered_ranking("link_prediction.hits_at_10", "all");
/// Without the triples of sensitive relations, which a debiased system is meant to lose.
inline constexpr FactName kMrrWithoutSensitive =
    filtered_ranking(kFilteredMrr.metric, "without_sensitive");

inline constexpr FactName kGapMicro = {.metric = "score_gap.micro", .of_attribute = true};
inline constexpr FactName kGapStandardised = {.metric = "score_gap.standardised",
                                              .of_attribute = true};

inline constexpr FactName kLinearAccuracy = of_probe("leakage.accuracy", kLinearProbe);
inline constexpr FactName kMlpAccuracy = of_probe("leakage.accuracy", kMlpProbe);
inline constexpr FactName kMajorityAccuracy = of_probe("leakage.accuracy", kMajorityProbe);
/// Accuracy less the majority's.
inline constexpr FactName kMlpExcess = of_probe("leakage.excess_accuracy", kMlpProbe);

inline constexpr FactName kSecondsPerEpoch = {.metric = "time.seconds_per_epoch"};
inline constexpr FactName kRatioToBasic = {.metric = "time.ratio_to_basic"};
inline constexpr FactName kPeakMemory = {.metric = "memory.peak",
                                         .facets = {{{"scope", "process"}}}};

/// Every one of the above.
[[nodiscard]] std::span<const FactName> headline_facts();

}  // namespace kgaudit::reports
