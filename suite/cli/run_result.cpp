#include "suite/cli/run_result.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/document/report_document.hpp"
#include "reports/document/statement_json.hpp"
#include "reports/record/counted_message.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/stage_times.hpp"
#include "reports/record/visible_record.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/table_choice.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/report_files.hpp"
#include "suite/run/run_directory.hpp"

namespace kgaudit::cli {
namespace {

nlohmann::ordered_json result_json(const reports::RunRecord& record, const reports::Table& table,
                                   const std::filesystem::path& directory) {
  nlohmann::ordered_json json = {
      {"directory", directory.string()},
      {"record", run::RunDirectory::record_in(directory).string()},
      {"plan_hash", record.run.plan_hash},
      {"table_hashes", nlohmann::ordered_json::array()},
      {"comparison", nlohmann::ordered_json::parse(reports::render_json(table))},
  };
  const std::vector<std::string> verdict = reports::verdict(record);
  if (!verdict.empty()) json["verdict"] = verdict;
  json["data_findings"] = nlohmann::ordered_json::array();
  for (const reports::FindingLine& finding : record.findings) {
    json["data_findings"].push_back(
        {{"check", finding.check}, {"subject", finding.subject}, {"message", finding.message}});
  }
  // Of an audit each statement is a sentence of the verdict and no more.
  if (!verdict.empty() && !reports::of_audit(record)) {
    json["statements"] =
        nlohmann::ordered_json::parse(reports::statements_json(reports::statements(record)));
  }
  for (const reports::TableHashLine& line : record.table_hashes) {
    json["table_hashes"].push_back(
        {{"system", line.system}, {"seed", line.seed}, {"digest", line.digest}});
  }
  return json;
}

/// What was noticed about the data, a line for each check: "several_values: nationality 151".
std::string data_findings(const reports::RunRecord& record, std::size_t width) {
  std::vector<std::pair<std::string, std::vector<std::string>>> checks;
  for (const reports::FindingLine& finding : record.findings) {
    const auto counted = reports::counted_message(finding);
    if (!counted) continue;
    auto at =
        std::ranges::find(checks, finding.check, [](const auto& check) { return check.first; });
    if (at == checks.end()) at = checks.insert(checks.end(), {finding.check, {}});
    at->second.push_back(
        finding.subject.empty()
            ? counted->count
            : fmt::format("{} {}", printable(finding.subject, 60), counted->count));
  }
  if (checks.empty()) return "";
  std::string text = "about the data (kgaudit explain NAME says what each means):\n";
  for (const auto& [check, counts] : checks) {
    const std::string line = fmt::format("{}: {}", check, fmt::join(counts, ", "));
    text += fmt::format("  {}\n", wrapped(line, 4, width, 2));
  }
  return text;
}

/// Columns that the rows of a table take when none is broken.
std::size_t terminal_columns(reports::Table table) {
  // What stands around the rows is broken into lines by itself.
  table.title.clear();
  table.caption.clear();
  table.notes.clear();
  std::size_t widest = 0;
  std::istringstream lines(reports::render_terminal(table, {0, false}));
  // An empty line is followed by the footnotes.
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    widest = std::max(widest, display_width(line));
  }
  return widest;
}

/// The means alone where the table with its spreads is wider than the terminal: four attributes
/// then take two blocks, and no group of columns is torn.
void fit(reports::Table& table, std::size_t width) {
  if (terminal_columns(table) <= width) return;
  bool any = false;
  for (reports::Row& row : table.rows) {
    for (reports::Cell& cell : row.cells) {
      auto* number = std::get_if<reports::NumberCell>(&cell);
      if (number == nullptr || (!number->summary.sd && !number->interval)) continue;
      number->summary.sd.reset();
      number->interval.reset();
      any = true;
    }
  }
  if (any)
    table.notes.insert(table.notes.begin(), "Means alone: there is no room for their spread.");
}

/// The comparison; where none of its columns was measured, the tables of what is on record by
/// groups.
void show_first_table(const Console& console, const reports::RunRecord& record,
                      const reports::Table& comparison, const std::string& run) {
  if (comparison.columns.size() > 1) return show_comparison(console, comparison, false, run);
  bool first = true;
  for (const std::string& attribute : reports::attributes_of(record)) {
    const reports::Table groups =
        reports::run_table("row_groups", record, {.attribute = attribute});
    if (groups.rows.empty()) continue;
    if (!std::exchange(first, false)) console.show("\n");
    console.show(reports::render_terminal(groups, {console.width(), console.colour()}));
  }
}

}  // namespace

void show_comparison(const Console& console, const reports::Table& comparison, bool chosen,
                     const std::string& run) {
  reports::Table shown = chosen ? comparison : reports::short_comparison(comparison);
  if (!chosen) fit(shown, console.width());
  console.show(reports::render_terminal(shown, {console.width(), console.colour()}));
  const std::size_t left_out = comparison.columns.size() - shown.columns.size();
  if (left_out == 0) return;
  console.note(fmt::format("{} more columns: kgaudit report {} --columns full", left_out, run));
}

void show_verdict(const Console& console, const reports::RunRecord& record) {
  for (const std::string& sentence : reports::verdict(record)) {
    console.show(fmt::format("{}\n\n", wrapped(sentence, 0, console.width())));
  }
}

bool anything_measured(const reports::RunRecord& record) {
  return std::any_of(record.measurements.begin(), record.measurements.end(), [](const auto& line) {
    const Measurement& value = line.measurement;
    const bool counts = value.direction() == Direction::kDescriptive && !value.unit().empty();
    return value.defined() && !counts && !reports::of_training(line.metric);
  });
}

ExitCode show_result(Session& session, const std::filesystem::path& directory,
                     std::string_view opening) {
  const Console& console = session.console;
  reports::RunRecord record = reports::read_record(run::RunDirectory::record_in(directory));
  reports::make_visible(record);
  const auto written =
      write_reports(reports::make_report({&record, 1}), reports::report_writers(), directory);
  const reports::Table table = reports::comparison_table(record);
  console.show(std::string(opening));
  show_verdict(console, record);
  show_first_table(console, record, table, directory.string());
  if (const std::string data = data_findings(record, console.width()); !data.empty()) {
    console.show("\n" + data);
  }
  const auto page = std::ranges::find(written, "report.html", &std::filesystem::path::filename);
  console.show(fmt::format("\nreport:  {}\nrecords: {}\n",
                           (page == written.end() ? written.front() : *page).string(),
                           run::RunDirectory::record_in(directory).string()));
  if (const std::string times = reports::stage_times_in_words(record); !times.empty()) {
    console.note("where the time went, " + times);
  }
  console.note(
      fmt::format("to draw the figures: kgaudit report {} --out FOLDER", directory.string()));
  console.show_json(result_json(record, table, directory));
  if (anything_measured(record)) return ExitCode::kPass;
  console.error("nothing was measured; the report has the reason of every value");
  return ExitCode::kNothingMeasured;
}

}  // namespace kgaudit::cli
