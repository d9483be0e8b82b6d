#include <set>

#include <fmt/format.h>

#include "suite/base/text.hpp"
#include "suite/gate/gate_report.hpp"

namespace kgaudit::run::gate_outputs_roster {
namespace {

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : inert_text(text)) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '"') {
      out += "\\\"";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string labels_of(const GateReport& report, const GateFinding& finding) {
  return fmt::format(R"({{dataset="{}",row="{}",attribute="{}",figure="{}"}})",
                     label_value(report.dataset), label_value(finding.key.row),
                     label_value(finding.key.attribute), label_value(finding.key.figure));
}

std::string render_openmetrics(const GateReport& report) {
  std::string text =
      "# TYPE kgaudit_gate_exit_code gauge\n# HELP kgaudit_gate_exit_code Code of the verdict "
      "(0: pass), which kgaudit gate ends with unless it only reports.\n";
  text += fmt::format("kgaudit_gate_exit_code{{dataset=\"{}\"}} {}\n", label_value(report.dataset),
                      static_cast<int>(report.code));
  const auto family = [&](const char* name, const char* help, bool of_changes,
                          std::optional<double> GateFinding::*number) {
    text += fmt::format("# TYPE {0} gauge\n# HELP {0} {1}\n", name, help);
    // Several rules may ask about one value, and no two lines may have the same labels.
    std::set<std::string> written;
    for (const GateFinding& finding : report.result.findings) {
      if (of_changes && finding.question != GateFinding::Question::kChange) continue;
      if (!(finding.*number)) continue;
      const std::string labels = labels_of(report, finding);
      if (!written.insert(labels).second) continue;
      text += fmt::format("{}{} {}\n", name, labels, number_text(*(finding.*number)));
    }
  };
  family("kgaudit_figure", "Value of a gated figure, mean over seeds.", false,
         &GateFinding::candidate);
  family("kgaudit_figure_worse_by", "How much worse it is than in the baseline.", true,
         &GateFinding::worse_by);
  return text + "# EOF\n";
}

}  // namespace

extern const GateOutput openmetrics;
constinit const GateOutput openmetrics = {
    .id = "openmetrics",
    .file_name = "gate-metrics.txt",
    .description = "Values for GitLab's metrics report and Prometheus' text files",
    .source = "OpenMetrics 1.0.0",
    .begins = "# TYPE kgaudit_gate_exit_code gauge\n",
    .holds = "",
    .render = &render_openmetrics,
};

}  // namespace kgaudit::run::gate_outputs_roster
