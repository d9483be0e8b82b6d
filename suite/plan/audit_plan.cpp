#include "suite/plan/audit_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "metrics/metric.hpp"

namespace kgaudit::run {

std::span<const ParameterSpec> audit_parameters() {
  static const std::array rows = {
      ParameterSpec::text("files", "",
                          "SHA-256 over the hashes of all files that were read, in their order"),
      ParameterSpec::text("reading", "", "How rows are scored; empty = no relation is asked"),
      ParameterSpec::text("people", "", "SHA-256 of the file about people; empty = none"),
      ParameterSpec::text("people_options", "",
                          "How that file is read, as far as it differs from the defaults"),
      ParameterSpec::text("origin", "",
                          "System, view and seed of the run of ours that the rows are of: persons "
                          "are hidden as they were there; empty = another tool's"),
      ParameterSpec::integer("checked_triples", 0, 0, 2147483647, "triples",
                             "Train triples that the readings were compared on; 0 = none"),
  };
  return rows;
}

std::vector<PlanSection> row_measure_sections() {
  std::vector<PlanSection> sections;
  for (const metrics::MetricEntry* entry : metrics::row_measures()) {
    sections.push_back({fmt::format("metric.{}", entry->id), std::string(entry->title),
                        Parameters(entry->parameters())});
  }
  return sections;
}

Plan audit_plan(Plan plan, Parameters audit, const std::vector<PlanSection>& row_measures) {
  constexpr std::string_view kMetric = "metric.";
  plan.systems = {std::string(kAuditSystem)};
  // Rows of our own are measured as the run measured them.
  const bool own = !audit.text("origin").empty();
  if (!own) plan.seeds = {0};
  std::erase_if(plan.sections, [](const PlanSection& section) {
    return section.path == "training" || section.path == "timing" ||
           section.path.starts_with("system.");
  });
  for (PlanSection& section : plan.sections) {
    if (section.path == "evaluation" && !own)
      section.values.set("hidden_share", ParameterValue(0.0), "audit");
  }
  for (const PlanSection& section : row_measures) {
    plan.metrics.push_back(section.path.substr(kMetric.size()));
    plan.sections.push_back(section);
  }
  plan.sections.push_back({std::string(kAuditTable),
                           "Which embedding is audited, and how its rows are read",
                           std::move(audit)});
  return plan;
}

}  // namespace kgaudit::run
