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

/// Where "nearer is better" points to: .5 for an AUC, 0 for everything else.
[[nodiscard]] double neutral_value(std::string_view metric);

// Probes of the leakage metric.
inline constexpr std::string_view kLinearProbe = "linear";
inline constexpr std::string_view kMlpProbe = "mlp";
inline constexpr std::string_view kMajorityProbe = "majority";  ///< guesses the commonest value
inline constexpr std::string_view kGraphProbe = "graph";  ///< sees the other facts, no embedding

// Of whom something is asked.
inline constexpr std::string_view kStatedPersons = "stated";  ///< their value stands in train
inline constexpr std::string_view kHeldOutPersons =
    "held_out";  ///< training did not see their value

/// Ranking of heads and tails against all entities, filtered, ties by the mean of best and worst
/// rank, over the test triples of `set`: "all", "without_sensitive", "persons" ...
[[nodiscard]] constexpr FactName filtered_ranking(std::string_view metric, std::string_view set) {
  return {
      .metric = metric,
      .facets = {{{"filter", "filtered"}, {"set", set}, {"side", "both"}, {"ties", "realistic"}}}};
}

/// What a probe reads of an attribute.
[[nodiscard]] constexpr FactName of_probe(std::string_view metric, std::string_view probe,
                                          std::string_view persons = kStatedPersons) {
  return {
      .metric = metric, .facets = {{{"persons", persons}, {"probe", probe}}}, .of_attribute = true};
}

/// A figure of the question (person, relation of the attribute, ?).
[[nodiscard]] constexpr FactName of_question(std::string_view metric, std::string_view persons) {
  return {.metric = metric, .facets = {{{"persons", persons}}}, .of_attribute = true};
}

/// What the strongest probe of the panel reads, from what `release` publishes.
[[nodiscard]] constexpr FactName of_strongest(std::string_view metric, std::string_view persons,
                                              std::string_view release = "rows") {
  return {.metric = metric,
          .facets = {{{"persons", persons}, {"release", release}}},
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

/// The gap in deviations over persons of the scores of one value.
inline constexpr FactName kGapInPersonSds = {.metric = "score_gap.in_person_sds",
                                             .of_attribute = true};
inline constexpr FactName kGapInPersonSdsMacro = {.metric = "score_gap.in_person_sds_macro",
                                                  .of_attribute = true};
/// Compares the values of one person and so follows the majority. Records from before this name
/// call it score_gap.auc.
inline constexpr FactName kWithinPersonAuc = {.metric = "score_gap.within_person_auc",
                                              .of_attribute = true};

/// Compares persons under one value: .5 = the score says nothing of who has it.
inline constexpr FactName kQuestionAuc = of_question("question.auc_micro", kStatedPersons);
inline constexpr FactName kQuestionAucMacro = of_question("question.auc_macro", kStatedPersons);
inline constexpr FactName kQuestionAccuracy = of_question("question.accuracy", kStatedPersons);
/// Accuracy less that of the one answer that fits most of the same persons.
inline constexpr FactName kQuestionExcess = of_question("question.excess_accuracy", kStatedPersons);
inline constexpr FactName kQuestionBalancedExcess =
    of_question("question.excess_balanced_accuracy", kStatedPersons);
inline constexpr FactName kHeldOutQuestionAuc = of_question(kQuestionAuc.metric, kHeldOutPersons);
inline constexpr FactName kHeldOutQuestionExcess =
    of_question(kQuestionExcess.metric, kHeldOutPersons);

inline constexpr FactName kStrongestAuc = of_strongest("leakage.strongest", kHeldOutPersons);
inline constexpr FactName kStrongestBalancedExcess =
    of_strongest("leakage.strongest_excess_balanced_accuracy", kHeldOutPersons);
inline constexpr FactName kStatedStrongestAuc = of_strongest(kStrongestAuc.metric, kStatedPersons);
inline constexpr FactName kStatedStrongestBalancedExcess =
    of_strongest(kStrongestBalancedExcess.metric, kStatedPersons);
/// What the other facts tell without any embedding.
inline constexpr FactName kGraphAuc = of_probe("leakage.auc", kGraphProbe, kHeldOutPersons);
/// What rows tell together with those of the neighbours in the graph.
inline constexpr FactName kNeighboursAuc = of_probe("leakage.auc", "neighbours", kHeldOutPersons);

inline constexpr FactName kLinearAccuracy = of_probe("leakage.accuracy", kLinearProbe);
inline constexpr FactName kMlpAccuracy = of_probe("leakage.accuracy", kMlpProbe);
inline constexpr FactName kMajorityAccuracy = of_probe("leakage.accuracy", kMajorityProbe);
/// Accuracy less the majority's.
inline constexpr FactName kMlpExcess = of_probe("leakage.excess_accuracy", kMlpProbe);

/// The epoch after which a system was measured.
inline constexpr FactName kTrainedEpochs = {.metric = "training.epochs"};
inline constexpr FactName kSecondsPerEpoch = {.metric = "time.seconds_per_epoch"};
/// What a system that shares another's training did with the finished table; the facet trained_by
/// names that system.
inline constexpr FactName kOwnStep = {.metric = "time.own_step"};
/// Wall seconds of one stage; the facet `stage` names it, `of` says "system" or "run".
inline constexpr FactName kStageSeconds = {.metric = "time.stage"};
inline constexpr FactName kRatioToBasic = {.metric = "time.ratio_to_basic"};
inline constexpr FactName kPeakMemory = {.metric = "memory.peak",
                                         .facets = {{{"scope", "process"}}}};

/// Every one of the above.
[[nodiscard]] std::span<const FactName> headline_facts();

}  // namespace kgaudit::reports
