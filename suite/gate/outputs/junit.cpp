#include <algorithm>

#include <fmt/format.h>

#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

std::string testcase(const GateFinding& finding, const GateReport& report) {
  const std::string head =
      fmt::format(R"(    <testcase classname="kgaudit.gate.{}" name="{}" time="0")",
                  xml_text(inert_text(finding.key.row)), xml_text(rule_id_of(finding)));
  const std::string text = xml_text(sentence_of(finding));
  if (fails(finding, report)) {
    // The numbers stand in the text too: some readers drop the attributes.
    return fmt::format(
        "{0}>\n      <failure type=\"{1}\" message=\"{2}\">{2}</failure>\n    </testcase>\n", head,
        to_text(finding.verdict), text);
  }
  if (finding.verdict != GateVerdict::kPass) {
    return fmt::format("{}>\n      <skipped message=\"{}: {}\"/>\n    </testcase>\n", head,
                       to_text(finding.verdict), text);
  }
  return fmt::format("{}/>\n", head);
}

/// The one case of a gate that could not ask.
std::string unjudged(const GateReport& report, bool error) {
  const std::string why = xml_text(gate_headline(report));
  const std::string_view kind =
      report.result.reasons.empty() ? "nothing measured" : "not comparable";
  const std::string body =
      error ? fmt::format("<error type=\"{0}\" message=\"{1}\">{1}</error>", kind, why)
            : fmt::format("<skipped message=\"{}: {}\"/>", kind, why);
  return fmt::format(
      "    <testcase classname=\"kgaudit.gate\" name=\"comparable\" time=\"0\">\n      {}\n"
      "    </testcase>\n",
      body);
}

std::string render_junit(const GateReport& report) {
  const auto& findings = report.result.findings;
  const auto failures = static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const GateFinding& finding) { return fails(finding, report); }));
  const auto passed = static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(),
      [](const GateFinding& finding) { return finding.verdict == GateVerdict::kPass; }));
  const bool judged = was_judged(report.result);
  const bool error = !judged && !report.report_only;
  const std::string counts =
      fmt::format(R"(tests="{}" failures="{}" errors="{}")", findings.size() + (judged ? 0 : 1),
                  failures, error ? 1 : 0);
  const std::size_t skipped =
      findings.size() - failures - passed + (!judged && report.report_only ? 1 : 0);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kgaudit gate\" {0} "
      "time=\"0\">\n  <testsuite name=\"{1}\" {0} skipped=\"{2}\" time=\"0\">\n",
      counts, xml_text(inert_text(report.dataset)), skipped);
  const std::string only = report_only_in_words(report);
  if (!only.empty()) {
    xml += fmt::format(
        "    <properties>\n      <property name=\"report_only\" value=\"{}\"/>\n"
        "    </properties>\n",
        xml_text(only));
  }
  if (!judged) xml += unjudged(report, error);
  for (const GateFinding& finding : findings) xml += testcase(finding, report);
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace

extern const GateOutput junit;
constinit const GateOutput junit = {
    .id = "junit",
    .file_name = "gate-junit.xml",
    .description = "A test case for each question, for Jenkins, GitLab and others",
    .source = "Jenkins' junit-10.xsd",
    .begins = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kgaudit gate\"",
    .holds = "",
    .render = &render_junit,
};

}  // namespace kgaudit::run::gate_outputs_roster
