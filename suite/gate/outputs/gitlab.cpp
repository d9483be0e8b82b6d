#include "reports/record/json_text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

using reports::JsonText;

std::string render_gitlab(const GateReport& report) {
  JsonText json(2);
  json.open_list();
  const auto put = [&](const std::string& description, const std::string& check,
                       const std::string& fingerprint, std::string_view severity,
                       const std::string& place) {
    const auto [file, line] = file_and_line(place);
    json.open_object();
    json.key("description").text(description);
    json.key("check_name").text(check);
    json.key("fingerprint").text(fingerprint);
    json.key("severity").text(severity);
    json.key("location").open_object();
    json.key("path").text(file);
    json.key("lines").open_object().key("begin").whole(line).close();
    json.close().close();
  };
  if (!was_judged(report.result)) {
    put(gate_headline(report), "kgaudit/comparable", "kgaudit-gate-comparable",
        report.report_only ? "minor" : "blocker", report.rules);
  }
  for (const GateFinding& finding : report.result.findings) {
    if (finding.verdict == GateVerdict::kPass) continue;
    const bool error = fails(finding, report);
    put(sentence_of(finding), "kgaudit/" + rule_id_of(finding), fingerprint_of(finding),
        error ? "critical" : "minor", finding.place);
  }
  json.close();
  return json.take() + "\n";
}

}  // namespace

extern const GateOutput gitlab;
constinit const GateOutput gitlab = {
    .id = "gitlab",
    .file_name = "gate-code-quality.json",
    .description = "What did not pass, as a code quality report of GitLab",
    .source = "GitLab: code quality report format",
    .begins = "[",
    .holds = "\"check_name\": \"kgaudit/",
    .render = &render_gitlab,
};

}  // namespace kgaudit::run::gate_outputs_roster
