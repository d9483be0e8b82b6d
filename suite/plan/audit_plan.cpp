#include "suite/plan/audit_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kgaudit::run {

std::span<const ParameterSpec> audit_parameters() {
  static const std::array rows = {
      ParameterSpec::text("files", "",
                          "SHA-256 over the hashes of all files that were read, in their order"),
      ParameterSpec::text("embedding", "", "File or folder with the rows, as it was asked for"),
      ParameterSpec::text("reading", "", "How rows are scored; empty = no relation is asked"),
      ParameterSpec::text("people_file", "",
                          "File about people, as it was asked for; empty = none"),
      ParameterSpec::text("people", "", "SHA-256 of the file about people; empty = none"),
      ParameterSpec::text("people_options", "",
                          "How that file is read and which attributes are combined, as far as it "
                          "differs from the defaults"),
      ParameterSpec::text("measured", "",
                          "SHA-256 over the graph, the names of its entities and relations that "
                          "have rows, and those of the persons, in alphabetical order"),
      ParameterSpec::text("origin", "",
                          "System, view and seed of the run of ours that the rows are of: persons "
                          "are hidden as they were there; empty = another tool's"),
      ParameterSpec::integer("checked_triples", 0, 0, 2147483647, "triples",
                             "Train triples that the readings were compared on; 0 = none"),
  };
  return rows;
}

Plan audit_plan(Plan plan, Parameters audit, const std::vector<std::string>& previewed) {
  constexpr std::string_view kSystem = "system.";
  plan.systems = {std::string(kAuditSystem)};
  plan.systems.insert(plan.systems.end(), previewed.begin(), previewed.end());
  // Rows of our own are measured as the run measured them.
  const bool own = !audit.text("origin").empty();
  if (!own) plan.seeds = {0};
  std::erase_if(plan.sections, [&](const PlanSection& section) {
    if (section.path.starts_with(kSystem)) {
      return std::ranges::find(previewed, section.path.substr(kSystem.size())) == previewed.end();
    }
    return section.path == "training" || section.path == "timing";
  });
  for (PlanSection& section : plan.sections) {
    if (section.path == "evaluation" && !own)
      section.values.set("hidden_share", ParameterValue(0.0), "audit");
  }
  plan.sections.push_back({std::string(kAuditTable),
                           "Which embedding is audited, and how its rows are read",
                           std::move(audit)});
  return plan;
}

bool is_audit(const Plan& plan) {
  return std::ranges::any_of(
      plan.sections, [](const PlanSection& section) { return section.path == kAuditTable; });
}

}  // namespace kgaudit::run
