#include "reports/record/fact_names.hpp"

namespace kgaudit::reports {

Facets FactName::all_facets(const std::string& attribute) const {
  Facets all;
  for (const NamedFacet& facet : facets) {
    if (!facet.name.empty()) all.emplace(facet.name, facet.value);
  }
  if (of_attribute) all.emplace("attribute", attribute);
  return all;
}

std::span<const FactName> headline_facts() {
  static constexpr std::array kAll = {kFilteredMrr,        kFilteredHitsAt1,
                                      kFilteredHitsAt10,   kMrrWithoutSensitive,
                                      kGapMicro,           kGapStandardised,
                                      kLinearAccuracy,     kMlpAccuracy,
                                      kMajorityAccuracy,   kMlpExcess,
                                      kGapInPersonSds,     kGapInPersonSdsMacro,
                                      kWithinPersonAuc,    kQuestionAuc,
                                      kQuestionAucMacro,   kQuestionAccuracy,
                                      kQuestionExcess,     kQuestionBalancedExcess,
                                      kHeldOutQuestionAuc, kHeldOutQuestionExcess,
                                      kStrongestAuc,       kStrongestBalancedExcess,
                                      kStatedStrongestAuc, kStatedStrongestBalancedExcess,
                                      kGraphAuc,           kSecondsPerEpoch,
                                      kRatioToBasic,       kPeakMemory,
                                      kTrainedEpochs};
  return kAll;
}

double neutral_value(std::string_view metric) {
  const bool guess = metric == kStrongestAuc.metric || metric.ends_with("sign_agreement") ||
                     metric.find("auc") != std::string_view::npos;
  return guess ? 0.5 : 0.0;
}

}  // namespace kgaudit::reports
