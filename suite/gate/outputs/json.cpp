#include "reports/record/json_text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

using reports::JsonText;

void put_number(JsonText& json, std::string_view key, const std::optional<double>& value) {
  json.key(key);
  if (value) {
    json.number(*value);
  } else {
    json.null();
  }
}

void put_finding(JsonText& json, const GateFinding& finding) {
  json.open_object();
  json.key("figure").text(finding.key.figure);
  json.key("row").text(finding.key.row);
  json.key("attribute").text(finding.key.attribute);
  json.key("question").text(finding.question == GateFinding::Question::kLimit ? "limit" : "change");
  json.key("verdict").text(to_text(finding.verdict));
  json.key("words").text(finding.words);
  put_number(json, "baseline", finding.baseline);
  put_number(json, "candidate", finding.candidate);
  put_number(json, "worse_by", finding.worse_by);
  put_number(json, "low", finding.low);
  put_number(json, "high", finding.high);
  put_number(json, "margin", finding.margin);
  put_number(json, "p", finding.p);
  put_number(json, "adjusted_p", finding.adjusted_p);
  put_number(json, "share_of_alpha", finding.share_of_alpha);
  json.key("baseline_seeds").whole(finding.baseline_seeds);
  json.key("candidate_seeds").whole(finding.candidate_seeds);
  json.key("n").whole(finding.n);
  json.key("seeds_needed");
  if (finding.seeds_needed) {
    json.whole(*finding.seeds_needed);
  } else {
    json.null();
  }
  json.key("test").text(finding.test);
  json.key("rule").text(finding.place);
  json.key("fingerprint").text(fingerprint_of(finding));
  json.close();
}

std::string render_gate_json(const GateReport& report) {
  JsonText json(2);
  json.open_object();
  json.key("schema").whole(1);
  json.key("program").text(report.program);
  json.key("verdict").text(to_text(report.result.verdict));
  json.key("exit_code").whole(static_cast<std::uint64_t>(report.code));
  json.key("strict").flag(report.strict);
  json.key("report_only").flag(report.report_only);
  json.key("anything_measured").flag(report.result.anything_measured);
  json.key("words").text(gate_headline(report));
  json.key("alpha").number(report.alpha);
  json.key("dataset").text(report.dataset);
  json.key("candidate").text(report.candidate);
  json.key("baseline").text(report.baseline);
  json.key("rules").text(report.rules);
  json.key("reasons").open_list();
  for (const std::string& reason : report.result.reasons) json.text(reason);
  json.close();
  json.key("findings").open_list();
  for (const GateFinding& finding : report.result.findings) put_finding(json, finding);
  json.close();
  json.close();
  return json.take() + "\n";
}

}  // namespace

extern const GateOutput json;
constinit const GateOutput json = {
    .id = "json",
    .file_name = "gate.json",
    .description = "Everything, for programs: verdict, every question with its numbers",
    .source = "docs/schemas/gate-check.schema.json",
    .begins = "{\n  \"schema\": ",
    .holds = "\"program\": \"kgaudit ",
    .render = &render_gate_json,
};

}  // namespace kgaudit::run::gate_outputs_roster
