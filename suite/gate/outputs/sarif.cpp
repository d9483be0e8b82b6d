#include <map>

#include <fmt/format.h>

#include "reports/record/json_text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

using reports::JsonText;

void put_location(JsonText& json, const std::string& place) {
  const auto [file, line] = file_and_line(place);
  json.key("locations").open_list().open_object();
  json.key("physicalLocation").open_object();
  json.key("artifactLocation").open_object().key("uri").text(file).close();
  json.key("region").open_object().key("startLine").whole(line).close();
  json.close().close().close();
}

std::string render_sarif(const GateReport& report) {
  std::map<std::string, std::string> rules;
  for (const GateFinding& finding : report.result.findings) {
    rules.emplace(rule_id_of(finding), gate_figure(finding.key.figure, finding.place).words);
  }
  const bool broken = !was_judged(report.result);
  if (broken) rules.emplace("comparable", "The record can be held against the baseline");
  JsonText json(2);
  json.open_object();
  json.key("$schema").text("https://json.schemastore.org/sarif-2.1.0.json");
  json.key("version").text("2.1.0");
  json.key("runs").open_list().open_object();
  json.key("tool").open_object().key("driver").open_object();
  json.key("name").text("kgaudit gate");
  json.key("rules").open_list();
  for (const auto& [id, words] : rules) {
    json.open_object().key("id").text(id);
    json.key("shortDescription").open_object().key("text").text(words).close();
    json.close();
  }
  json.close().close().close();
  json.key("results").open_list();
  if (broken) {
    json.open_object();
    json.key("ruleId").text("comparable").key("level").text("error");
    json.key("message").open_object().key("text").text(gate_headline(report)).close();
    put_location(json, report.baseline);
    json.close();
  }
  for (const GateFinding& finding : report.result.findings) {
    if (finding.verdict == GateVerdict::kPass) continue;
    json.open_object();
    json.key("ruleId").text(rule_id_of(finding));
    json.key("level").text(fails(finding, report.strict) ? "error" : "warning");
    json.key("message").open_object();
    json.key("text").text(fmt::format("{}: {}", figure_in_words(finding), finding.words)).close();
    put_location(json, finding.place);
    json.key("partialFingerprints").open_object();
    json.key("kgauditGate/v1").text(fingerprint_of(finding)).close();
    json.close();
  }
  json.close().close().close().close();
  return json.take() + "\n";
}

}  // namespace

extern const GateOutput sarif;
constinit const GateOutput sarif = {
    .id = "sarif",
    .file_name = "gate.sarif",
    .description = "What did not pass, for GitHub's code scanning",
    .source = "SARIF 2.1.0 (OASIS)",
    .render = &render_sarif,
};

}  // namespace kgaudit::run::gate_outputs_roster
