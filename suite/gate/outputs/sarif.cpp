#include <map>
#include <vector>

#include <fmt/format.h>

#include "reports/record/json_text.hpp"
#include "suite/base/text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

using reports::JsonText;

/// A message whose braces hold no place for an argument and whose brackets make no link
/// (SARIF 2.1.0, 3.11.5 and 3.11.6).
std::string sarif_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    out += text[at];
    if (text[at] == '{' || text[at] == '}') out += text[at];
    if (text.substr(at).starts_with("](")) out += "\xE2\x80\x8B";  // U+200B, shows nothing
  }
  return out;
}

void put_message(JsonText& json, std::string_view key, std::string_view text) {
  json.key(key).open_object().key("text").text(sarif_text(text)).close();
}

/// A reference to the file, from the folder that the file of rules is named from (RFC 3986, 4.2).
std::string file_reference(const std::string& file) {
  static constexpr std::string_view kAsTheyAre = "-._~!$&'()*+,;=@/";
  std::string out = file.starts_with('/') ? "file://" : "";
  for (const char c : file) {
    const bool plain = is_ascii_letter_or_digit(c) || kAsTheyAre.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

void put_location(JsonText& json, const std::string& place) {
  const auto [file, line] = file_and_line(place);
  json.key("locations").open_list().open_object();
  json.key("physicalLocation").open_object();
  json.key("artifactLocation").open_object().key("uri").text(file_reference(file)).close();
  json.key("region").open_object().key("startLine").whole(line).close();
  json.close().close().close();
}

struct SarifResult {
  std::string rule;
  std::string_view level;
  std::string message;
  std::string place;
  std::string fingerprint;
};

void put_result(JsonText& json, const SarifResult& result) {
  json.open_object();
  json.key("ruleId").text(result.rule);
  json.key("level").text(result.level);
  put_message(json, "message", result.message);
  put_location(json, result.place);
  json.key("partialFingerprints").open_object();
  json.key("kgauditGate/v1").text(result.fingerprint);
  // GitHub knows an alert by this one. Without it GitHub takes the rule's line, which several rows
  // of the comparison share.
  json.key("primaryLocationLineHash").text(result.fingerprint);
  json.close().close();
}

std::string render_sarif(const GateReport& report) {
  std::map<std::string, std::string> rules;
  std::vector<SarifResult> results;
  if (!was_judged(report.result)) {
    rules.emplace("comparable", "The record can be held against the baseline");
    results.push_back({"comparable", report.report_only ? "warning" : "error",
                       gate_headline(report), report.rules, "kgaudit-gate-comparable"});
  }
  for (const GateFinding& finding : report.result.findings) {
    rules.emplace(rule_id_of(finding), gate_figure(finding.key.figure, finding.place).words);
    if (finding.verdict == GateVerdict::kPass) continue;
    results.push_back({rule_id_of(finding), fails(finding, report) ? "error" : "warning",
                       sentence_of(finding), finding.place, fingerprint_of(finding)});
  }
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
    // GitHub shows the short one in its list, the full one and the help beside an alert.
    put_message(json, "shortDescription", words);
    put_message(json, "fullDescription", words);
    put_message(json, "help",
                "kgaudit gate figures says which side of a figure is better; "
                "kgaudit.toml says how much worse is allowed.");
    json.close();
  }
  json.close().close().close();
  json.key("results").open_list();
  for (const SarifResult& result : results) put_result(json, result);
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
    .begins = "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\"",
    .holds = "\"name\": \"kgaudit gate\"",
    .render = &render_sarif,
};

}  // namespace kgaudit::run::gate_outputs_roster
