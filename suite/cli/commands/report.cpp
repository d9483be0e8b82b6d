#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "reports/comparison_table.hpp"
#include "reports/report_writer.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/report_files.hpp"
#include "suite/run/run_directory.hpp"

namespace kgaudit::cli {
namespace {

struct ReportOptions {
  std::string records;
  std::vector<std::string> formats;
  std::string out;
};

std::filesystem::path record_file(const std::string& given) {
  return std::filesystem::is_directory(given) ? run::RunDirectory::record_in(given)
                                              : std::filesystem::path(given);
}

std::vector<const reports::ReportWriter*> chosen_formats(const std::vector<std::string>& ids) {
  std::vector<const reports::ReportWriter*> chosen;
  for (const std::string& id : ids) chosen.push_back(&reports::find_report_writer(id));
  return chosen;
}

std::string format_ids() {
  std::vector<std::string_view> ids;
  for (const reports::ReportWriter* writer : reports::report_writers()) ids.push_back(writer->id);
  return fmt::format("{}", fmt::join(ids, ", "));
}

ExitCode report(Session& session, const ReportOptions& options) {
  const Console& console = session.console;
  const auto formats = chosen_formats(options.formats);
  const reports::RunRecord record = reports::read_record(record_file(options.records));
  for (const std::string& notice : record.notices) session.progress.warn(notice);
  if (!options.out.empty()) {
    const auto all = reports::report_writers();
    auto json = nlohmann::ordered_json::array();
    for (const auto& file :
         write_reports(record, formats.empty() ? all : std::span(formats.data(), formats.size()),
                       options.out)) {
      console.show(file.string() + "\n");
      json.push_back(file.string());
    }
    console.show_json(nlohmann::ordered_json{{"files", json}}.dump());
    return ExitCode::kPass;
  }
  const reports::Table table = reports::comparison_table(record);
  if (formats.empty()) {
    console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  }
  for (const reports::ReportWriter* format : formats) {
    console.show(format->write(record, {}).front().bytes);
  }
  console.show_json(nlohmann::ordered_json::parse(reports::render_json(table)).dump());
  return ExitCode::kPass;
}

CommandAction attach(CLI::App& app) {
  auto options = std::make_shared<ReportOptions>();
  app.add_option("records", options->records,
                 "Directory of a run, or its record.jsonl; nothing else is read")
      ->required();
  app.add_option("--format", options->formats,
                 fmt::format("Formats, separated by commas (any of: {}; default: all with --out, "
                             "else a table for the terminal)",
                             format_ids()))
      ->delimiter(',')
      ->type_name("IDS");
  app.add_option("--out", options->out,
                 "Folder to write the files into (default: none, print on stdout)")
      ->type_name("DIR");
  return [options](Session& session) { return report(session, *options); };
}

}  // namespace

const CommandEntry& report_command() {
  static constexpr CommandEntry kEntry{
      "report", "Make the tables of a run again from its records alone", attach};
  return kEntry;
}

}  // namespace kgaudit::cli
