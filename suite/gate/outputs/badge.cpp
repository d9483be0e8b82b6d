#include "reports/record/json_text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

std::string_view badge_colour(const GateReport& report) {
  if (!report.result.anything_measured) return "lightgrey";
  switch (report.result.verdict) {
    case GateVerdict::kPass:
      return "brightgreen";
    case GateVerdict::kRegression:
      return "red";
    default:
      return "yellow";
  }
}

std::string render_badge(const GateReport& report) {
  reports::JsonText json(2);
  json.open_object();
  json.key("schemaVersion").whole(1);
  json.key("label").text("bias gate");
  json.key("message").text(report.result.anything_measured ? to_text(report.result.verdict)
                                                           : "nothing measured");
  json.key("color").text(badge_colour(report));
  json.close();
  return json.take() + "\n";
}

}  // namespace

extern const GateOutput badge;
constinit const GateOutput badge = {
    .id = "badge",
    .file_name = "gate-badge.json",
    .description = "An endpoint for a badge of shields.io",
    .source = "shields.io: endpoint badge",
    .begins = "{\n  \"schemaVersion\": 1,\n  \"label\": \"bias gate\"",
    .holds = "",
    .render = &render_badge,
};

}  // namespace kgaudit::run::gate_outputs_roster
