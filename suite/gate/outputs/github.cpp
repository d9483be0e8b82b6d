#include <array>

#include <fmt/format.h>

#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

/// GitHub shows ten annotations of a kind for a step and drops the rest.
constexpr std::size_t kMostAnnotations = 10;

/// A message is one line, and % begins an escape.
std::string message_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// In a property a comma or a colon would end it.
std::string property_text(std::string_view text) {
  std::string out;
  for (const char c : message_text(text)) {
    if (c == ',') {
      out += "%2C";
    } else if (c == ':') {
      out += "%3A";
    } else {
      out += c;
    }
  }
  return out;
}

std::string annotation(std::string_view level, const GateFinding& finding) {
  const auto [file, line] = file_and_line(finding.place);
  return fmt::format("::{} file={},line={},title={}::{}\n", level, property_text(file), line,
                     property_text("kgaudit gate: " + std::string(to_text(finding.verdict))),
                     message_text(sentence_of(finding)));
}

std::string render_github(const GateReport& report) {
  std::string text;
  for (const std::string_view level : std::array<std::string_view, 2>{"error", "warning"}) {
    std::size_t shown = 0;
    std::size_t left = 0;
    if (level == (report.report_only ? "warning" : "error") && !was_judged(report.result)) {
      text +=
          fmt::format("::{} title=kgaudit gate::{}\n", level, message_text(gate_headline(report)));
      ++shown;
    }
    for (const GateFinding& finding : report.result.findings) {
      if (finding.verdict == GateVerdict::kPass) continue;
      const bool error = fails(finding, report);
      if (error != (level == "error")) continue;
      if (shown + 1 >= kMostAnnotations) {
        ++left;
        continue;
      }
      ++shown;
      text += annotation(level, finding);
    }
    if (left > 0) text += fmt::format("::{} title=kgaudit gate::{} more\n", level, left);
  }
  const std::string only = report_only_in_words(report);
  if (!only.empty()) text += fmt::format("::notice title=kgaudit gate::{}\n", only);
  return text;
}

}  // namespace

extern const GateOutput github;
constinit const GateOutput github = {
    .id = "github",
    .file_name = "gate-annotations.txt",
    .description = "Annotations for the log of a GitHub Action: print the file",
    .source = "GitHub Actions: workflow commands",
    .begins = "::",
    .holds = "title=kgaudit gate",
    .render = &render_github,
};

}  // namespace kgaudit::run::gate_outputs_roster
