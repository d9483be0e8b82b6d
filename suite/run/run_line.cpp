#include "suite/run/run_line.hpp"

#include <map>

#include <fmt/format.h>

#include "suite/base/text.hpp"
#include "suite/plan/plan_identity.hpp"
#include "suite/plan/plan_text.hpp"

namespace kgaudit::run {
namespace {

/// The training parameters that a reader needs to judge a table; the rest is in the plan.
std::vector<std::pair<std::string, std::string>> headline_settings(const Parameters& training) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const char* name : {"score", "dimension", "epochs", "loss", "optimizer", "reciprocal"}) {
    if (training.has(name)) settings.emplace_back(name, value_text(training.value(name)));
  }
  return settings;
}

/// Words for the entities in facets: attribute values and professions.
std::map<std::string, std::string> fact_labels(const datasets::Dataset& data) {
  std::map<std::string, std::string> labels;
  const auto add = [&](const datasets::PersonAttribute& attribute) {
    for (const EntityId value : attribute.values()) {
      const std::string& name = data.graph.entities().name(value.value);
      const std::string& label = data.labels[value.index()];
      if (label != name) labels.emplace(name, label);
    }
  };
  if (data.labels.empty()) return labels;
  for (const datasets::PersonAttribute& attribute : data.attributes.sensitive()) add(attribute);
  if (data.attributes.profession()) add(*data.attributes.profession());
  return labels;
}

}  // namespace

reports::RunLine run_line(const Plan& plan, const datasets::Dataset& data, Fingerprint machine,
                          std::string started) {
  return run_line(plan, data, std::move(machine), std::move(started),
                  headline_settings(plan.training()));
}

reports::RunLine run_line(const Plan& plan, const datasets::Dataset& data, Fingerprint machine,
                          std::string started,
                          std::vector<std::pair<std::string, std::string>> settings) {
  reports::RunLine line;
  line.run = plan_hash(plan).hex();
  line.plan = to_json(plan);
  line.plan_hash = line.run;
  line.dataset = data.id;
  for (const SourceFile& file : data.files) line.data_files[file.name] = file.sha256;
  line.graph_hash = data.graph.digest().hex();
  line.settings = std::move(settings);
  line.build = build_fingerprint();
  line.machine = std::move(machine);
  line.started = std::move(started);
  line.labels = fact_labels(data);
  return line;
}

reports::FindingLine integrity_line(const datasets::IntegrityFinding& finding) {
  return {"note", finding.id, finding.subject,
          fmt::format("{}: {}", with_thousands(finding.count), finding.detail)};
}

}  // namespace kgaudit::run
