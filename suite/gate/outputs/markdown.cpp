#include <fmt/format.h>

#include "reports/tables/table.hpp"
#include "suite/base/text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

/// A comment of GitHub holds 65,536 characters; what surrounds ours needs some of them.
constexpr std::size_t kLongestComment = 60'000;
constexpr std::size_t kLongestList = 20;
/// A bot finds its earlier comment by this line and replaces it.
constexpr std::string_view kMarker = "<!-- kgaudit-gate -->\n";

std::string value_of(const std::optional<double>& value) {
  return value ? fmt::format("{:.4g}", *value) : std::string("–");
}

/// What the value is held against.
std::string reference_of(const GateFinding& finding) {
  std::string value = value_of(finding.baseline);
  if (finding.question == GateFinding::Question::kChange) return value;
  return fmt::format("{} {}", side_of_limit(finding), value);
}

std::string all_questions(const GateReport& report) {
  std::string rows =
      "| figure | verdict | baseline | now | worse by | interval | margin |\n"
      "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n";
  for (const GateFinding& finding : report.result.findings) {
    rows +=
        fmt::format("| {} | {} | {} | {} | {} | {} to {} | {} |\n",
                    reports::markdown_text(figure_in_words(finding)), to_text(finding.verdict),
                    reference_of(finding), value_of(finding.candidate), value_of(finding.worse_by),
                    value_of(finding.low), value_of(finding.high), value_of(finding.margin));
  }
  return fmt::format("<details><summary>All {} questions</summary>\n\n{}\n</details>\n",
                     report.result.findings.size(), rows);
}

std::string render_gate_markdown(const GateReport& report) {
  std::string text(kMarker);
  text += fmt::format("### kgaudit gate: {}\n\n{}\n", to_text(report.result.verdict),
                      reports::markdown_text(gate_headline(report)));
  const std::string only = report_only_in_words(report);
  if (!only.empty()) text += "\n" + only + "\n";
  std::size_t shown = 0;
  std::size_t left = 0;
  std::string list;
  for (const GateFinding& finding : report.result.findings) {
    if (finding.verdict == GateVerdict::kPass) continue;
    if (shown == kLongestList) {
      ++left;
      continue;
    }
    ++shown;
    list += fmt::format("- **{}**: {}. {}\n", to_text(finding.verdict),
                        reports::markdown_text(figure_in_words(finding)),
                        reports::markdown_text(finding.words));
  }
  if (left > 0) list += fmt::format("- {} more\n", left);
  if (!list.empty()) text += "\n" + list;
  const std::string footer =
      fmt::format("\nRecord {} of {}, against {}, {} % family-wise error.\n",
                  reports::markdown_text(report.candidate), reports::markdown_text(report.dataset),
                  reports::markdown_text(report.baseline), number_text(100.0 * report.alpha));
  if (!report.result.findings.empty()) {
    const std::string table = all_questions(report);
    if (text.size() + table.size() + footer.size() < kLongestComment) {
      text += "\n" + table;
    } else {
      text += fmt::format(
          "\nThe table of all {} questions is too long for a comment; gate.json has it.\n",
          report.result.findings.size());
    }
  }
  return text + footer;
}

}  // namespace

extern const GateOutput markdown;
constinit const GateOutput markdown = {
    .id = "markdown",
    .file_name = "gate.md",
    .description =
        "A comment for a pull request, under 60,000 characters, worst first; also a step summary",
    .source = "GitHub Flavored Markdown",
    .begins = kMarker,
    .holds = "",
    .render = &render_gate_markdown,
};

}  // namespace kgaudit::run::gate_outputs_roster
