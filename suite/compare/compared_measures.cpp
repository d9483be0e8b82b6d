#include "suite/compare/compared_measures.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "suite/compare/profession_lists.hpp"

namespace kgaudit::run {
namespace {

using reports::Facets;
using reports::MeasurementLine;
using reports::RunRecord;
using reports::SystemView;

std::vector<ComparedMeasure> ranking_measures() {
  std::vector<ComparedMeasure> measures;
  for (const std::string set : {"all", "without_sensitive"}) {
    const bool all = set == "all";
    const auto in_table = [&](const reports::FactName& fact) {
      return all || fact.metric == reports::kFilteredMrr.metric;
    };
    for (const auto& [fact, kind, cut] :
         {std::tuple{reports::kFilteredMrr, UnitColumn::Kind::kReciprocalRank, 0.0},
          std::tuple{reports::kFilteredHitsAt1, UnitColumn::Kind::kHits, 1.0},
          std::tuple{reports::kFilteredHitsAt10, UnitColumn::Kind::kHits, 10.0}}) {
      measures.push_back(
          {.metric = std::string(fact.metric),
           .facets = reports::filtered_ranking(fact.metric, set).all_facets(),
           .shown = {{"set", set}},
           .magnitude = false,
           .in_table = in_table(fact),
           .units = {.kind = kind, .cut = cut, .name = "", .set = all ? "" : set, .counts = ""},
           .unit_names = "test triples"});
    }
  }
  return measures;
}

UnitColumn persons_column(std::string name, std::string counts = "") {
  return {.kind = UnitColumn::Kind::kColumn,
          .cut = 0.0,
          .name = std::move(name),
          .set = "",
          .counts = std::move(counts)};
}

/// A figure of bias that has no values by person on record.
ComparedMeasure figure_of(const reports::FactName& fact, const std::string& attribute,
                          double neutral) {
  const Facets facets = fact.all_facets(attribute);
  Facets shown = {{"attribute", attribute}};
  if (const auto persons = facets.find("persons"); persons != facets.end()) shown.insert(*persons);
  return {.metric = std::string(fact.metric),
          .facets = facets,
          .shown = std::move(shown),
          .magnitude = true,
          .neutral = neutral,
          .in_table = true,
          .units = {},
          .unit_names = ""};
}

std::vector<ComparedMeasure> attribute_measures(const std::string& attribute) {
  std::vector<ComparedMeasure> measures = {
      figure_of(reports::kQuestionAuc, attribute, 0.5),
      figure_of(reports::kQuestionExcess, attribute, 0.0),
      figure_of(reports::kStrongestAuc, attribute, 0.5),
  };
  measures.push_back({.metric = std::string(reports::kGapMicro.metric),
                      .facets = reports::kGapMicro.all_facets(attribute),
                      .shown = {{"attribute", attribute}},
                      .magnitude = true,
                      .in_table = true,
                      .units = persons_column("score_gap." + attribute,
                                              fmt::format("score_gap.{}.values", attribute)),
                      .unit_names = "persons"});
  for (const auto& [fact, probe] : {std::pair{reports::kLinearAccuracy, reports::kLinearProbe},
                                    std::pair{reports::kMlpAccuracy, reports::kMlpProbe}}) {
    measures.push_back(
        {.metric = std::string(fact.metric),
         .facets = fact.all_facets(attribute),
         .shown = {{"attribute", attribute}, {"probe", std::string(probe)}},
         .magnitude = false,
         .in_table = true,
         .units = persons_column(fmt::format("leakage.{}.{}.correct", attribute, probe)),
         .unit_names = "persons"});
  }
  return measures;
}

/// A fact of the row goes before those of its views, and of these the first by name.
bool more_general(const MeasurementLine& a, const MeasurementLine& b) {
  return std::pair(a.facets.size(), a.facets) < std::pair(b.facets.size(), b.facets);
}

bool has_all(const Facets& facets, const Facets& wanted) {
  return std::includes(facets.begin(), facets.end(), wanted.begin(), wanted.end());
}

}  // namespace

bool is_significance(std::string_view metric) {
  return metric.starts_with(kSignificance) || metric.starts_with(kStability);
}

SeedFacts::SeedFacts(const RunRecord& record) {
  for (const MeasurementLine& line : record.measurements) {
    if (!is_significance(line.metric)) lines_[line.metric].push_back(&line);
  }
}

std::map<std::uint64_t, const MeasurementLine*> SeedFacts::of(const SystemView& row,
                                                              const std::string& metric,
                                                              const Facets& facets_of_it) const {
  std::map<std::uint64_t, const MeasurementLine*> facts;
  const auto found = lines_.find(metric);
  if (found == lines_.end()) return facts;
  const Facets wanted = reports::facets_in_row(facets_of_it, row);
  for (const MeasurementLine* line : found->second) {
    if (line->system != row.system || line->view != row.view) continue;
    if (!has_all(line->facets, wanted)) continue;
    const MeasurementLine*& kept = facts[line->seed];
    if (kept == nullptr || more_general(*line, *kept)) kept = line;
  }
  return facts;
}

bool SeedFacts::has(const ComparedMeasure& measure) const {
  const auto found = lines_.find(measure.metric);
  return found != lines_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const auto* line) { return has_all(line->facets, measure.facets); });
}

std::vector<ComparedMeasure> compared_measures(const RunRecord& record, const SeedFacts& facts) {
  std::vector<ComparedMeasure> measures = ranking_measures();
  for (const std::string& attribute : reports::attributes_of(record)) {
    for (ComparedMeasure& measure : attribute_measures(attribute)) {
      measures.push_back(std::move(measure));
    }
  }
  std::erase_if(measures, [&](const ComparedMeasure& measure) { return !facts.has(measure); });
  return measures;
}

}  // namespace kgaudit::run
