#include "reports/markdown_report.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/comparison_table.hpp"
#include "reports/strict_json.hpp"
#include "reports/table.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

// A code span whose text may hold backticks.
std::string code(std::string_view text) {
  std::string fence = "`";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  std::string flat(text);
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  const bool touching = flat.starts_with('`') || flat.ends_with('`');
  return touching ? fence + " " + flat + " " + fence : fence + flat + fence;
}

std::string what_was_run(const RunRecord& record) {
  const RunLine& run = record.run;
  std::vector<std::string> systems;
  for (const SystemView& row : system_views(record)) {
    systems.push_back(markdown_text(name_of(record, row)));
  }
  std::string out = "## What was run\n\n";
  const auto item = [&out](std::string_view name, const std::string& text) {
    out += fmt::format("- **{}**: {}\n", name, text);
  };
  item("Data set", fmt::format("{}, graph {}", markdown_text(run.dataset), code(run.graph_hash)));
  item("Systems", fmt::format("{}", fmt::join(systems, ", ")));
  item("Seeds", fmt::format("{}", fmt::join(seeds_of(record), ", ")));
  for (const auto& [name, value] : run.settings) {
    item(markdown_text(name), markdown_text(value));
  }
  item("Run", fmt::format("{}, started {}", code(run.run), markdown_text(run.started)));
  const auto fingerprint = [&](std::string_view name,
                               const std::map<std::string, std::string>& parts) {
    std::vector<std::string> texts;
    for (const auto& [part, value] : parts) {
      texts.push_back(fmt::format("{} {}", markdown_text(part), markdown_text(value)));
    }
    if (!texts.empty()) item(name, fmt::format("{}", fmt::join(texts, "; ")));
  };
  fingerprint("Build", run.build);
  fingerprint("Machine", run.machine);
  for (const auto& [file, hash] : run.data_files) {
    item("Data file", fmt::format("{}, SHA-256 {}", markdown_text(file), code(hash)));
  }
  return out;
}

std::string professions(const RunRecord& record, std::size_t top) {
  std::string out;
  bool first = true;
  for (const std::string& attribute : attributes_of(record)) {
    for (const SystemView& system : system_views(record)) {
      const Table table = profession_table(record, system, attribute, top);
      if (table.rows.empty()) continue;
      // The first system's lists are in sight; the others fold away.
      if (first) {
        out += render_markdown(table, 3) + '\n';
      } else {
        out += fmt::format("<details><summary>{}</summary>\n\n{}\n</details>\n\n",
                           markdown_text(table.title), render_markdown(table, 0));
      }
      first = false;
    }
  }
  if (out.empty()) return out;
  return "## Professions\n\nB is how much a profession's score rises, mean over persons, when the "
         "person's vector is moved one small step towards one value of the attribute and away "
         "from the other (Fisher et al. 2019). It is in score units: compare within a column, not "
         "between systems.\n\n" +
         out;
}

std::string findings(const RunRecord& record) {
  std::string out = "## Integrity\n\n";
  for (const FindingLine& finding : record.findings) {
    out += fmt::format("- **{}** {}, {}: {}\n", markdown_text(finding.level), code(finding.check),
                       markdown_text(finding.subject), markdown_text(finding.message));
  }
  for (const std::string& notice : record.notices) {
    out += fmt::format("- **notice**: {}\n", markdown_text(notice));
  }
  if (record.findings.empty() && record.notices.empty()) out += "No findings.\n";
  return out + '\n';
}

std::string limits(const RunRecord& record) {
  std::string out = "## Limits\n\n";
  const std::size_t seeds = seeds_of(record).size();
  if (seeds < 3) {
    out += fmt::format(
        "- Only {} seed{}: the spread between runs is not known. Use at least 3 before you call a "
        "difference real.\n",
        seeds, seeds == 1 ? "" : "s");
  }
  const auto undefined =
      std::count_if(record.measurements.begin(), record.measurements.end(),
                    [](const MeasurementLine& line) { return !line.measurement.defined(); });
  if (undefined > 0) {
    out += fmt::format("- {} of {} measurements are undefined; the reasons stand in the record.\n",
                       undefined, record.measurements.size());
  }
  std::set<std::pair<std::string, std::uint64_t>> unfinished;
  for (const MeasurementLine& line : record.measurements) {
    if (!record.is_done(line.system, line.seed)) unfinished.emplace(line.system, line.seed);
  }
  if (!unfinished.empty()) {
    out += fmt::format(
        "- The run is not complete: {} combination{} of system and seed not finished.\n",
        unfinished.size(), unfinished.size() == 1 ? " is" : "s are");
  }
  out +=
      "- A score gap near zero is no proof that the attribute cannot be read from the vectors; the "
      "leakage columns test that, and only against the probes named.\n"
      "- Score gaps are in score units and grow with the norm of the vectors: compare them only "
      "between systems with the same score function, beside a scale-free measure.\n"
      "- The attribute values are those of the data set, which knows few groups and knows them "
      "unevenly. Nothing here says how a system treats persons the data set leaves out.\n"
      "- Times hold for the machine named above.\n\n";
  return out;
}

std::string reproduction(const RunRecord& record) {
  std::string out =
      "## How to make this again\n\nSave the plan below and run it with the same build; the hashes "
      "of the trained tables must come out the same. Times will differ.\n\n";
  if (!record.table_hashes.empty()) {
    out += "| system | seed | table, SHA-256 |\n| :-- | --: | :-- |\n";
    for (const TableHashLine& line : record.table_hashes) {
      out += fmt::format("| {} | {} | {} |\n", markdown_text(line.system), line.seed,
                         code(line.digest));
    }
    out += '\n';
  }
  const std::string plan = parse_strict_json(record.run.plan, "plan").dump(2);
  std::string fence = "```";
  while (plan.find(fence) != std::string::npos) fence += '`';
  out += fmt::format("Plan, SHA-256 {}:\n\n{}json\n{}\n{}\n", code(record.run.plan_hash), fence,
                     plan, fence);
  return out;
}

}  // namespace

std::string markdown_report(const RunRecord& record, const ReportOptions& options) {
  std::string out = fmt::format("# Bias audit: {}\n\n", markdown_text(record.run.dataset));
  out += render_markdown(comparison_table(record), 2) + '\n';
  for (const std::string& figure : options.figures) {
    if (figure.ends_with(".svg") || figure.ends_with(".png")) {
      out += fmt::format("![Bias against quality]({})\n\n", figure);
      break;
    }
  }
  out += what_was_run(record) + '\n';
  for (const std::string& attribute : attributes_of(record)) {
    const Table table = attribute_table(record, attribute);
    if (!table.rows.empty()) out += render_markdown(table, 2) + '\n';
  }
  out += professions(record, options.professions);
  if (const Table time = time_table(record); !time.rows.empty()) {
    out += render_markdown(time, 2) + '\n';
  }
  out += findings(record);
  out += limits(record);
  out += reproduction(record);
  return out;
}

}  // namespace kgaudit::reports
