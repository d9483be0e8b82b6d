#include "suite/cli/job_report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/document/job_document.hpp"
#include "reports/figures/record_figures.hpp"
#include "reports/figures/sweep_figures.hpp"
#include "reports/record/record_file.hpp"
#include "reports/record/search_record.hpp"
#include "reports/record/sweep_record.hpp"
#include "reports/tables/sweep_table.hpp"
#include "reports/tables/tuning_table.hpp"
#include "suite/cli/report_files.hpp"
#include "suite/run/run_directory.hpp"
#include "suite/search/sweep.hpp"
#include "suite/search/tuner.hpp"

namespace kgaudit::cli {
namespace {

namespace fs = std::filesystem;

/// A search or a sweep as it is shown: its table, and what its report consists of.
struct JobReport {
  reports::Table table;
  reports::Document document;
  std::vector<fs::path> figure_files;
};

JobReport search_report(Session& session, const fs::path& file) {
  const reports::SearchRecord search = reports::read_search(file);
  for (const std::string& notice : search.notices) session.progress.warn(notice);
  return {reports::tuning_table(search), reports::search_document(search), {}};
}

JobReport sweep_report(Session& session, const fs::path& file, const JobReportRequest& request) {
  const reports::SweepRecord sweep = reports::read_sweep(file);
  for (const std::string& notice : sweep.notices) session.progress.warn(notice);
  JobReport report{reports::sweep_table(sweep), {}, {}};
  std::vector<reports::FigureBlock> figures;
  if (!request.out.empty() && request.figures) {
    make_report_folder(request.out);
    make_folder(request.out / "figures");
    for (const reports::Figure& figure : reports::sweep_figures(sweep)) {
      figures.push_back(reports::place_figure(figure, 0, request.out, report.figure_files).figure);
      if (figures.back().not_drawn.empty()) continue;
      session.console.note(fmt::format("{}: {}", figures.back().key, figures.back().not_drawn));
    }
  }
  report.document = reports::sweep_document(sweep, figures);
  return report;
}

void write_files(Session& session, JobReport report, const JobReportRequest& request) {
  make_report_folder(request.out);
  std::vector<const reports::ReportWriter*> formats = request.formats;
  if (formats.empty()) {
    const auto all = reports::report_writers();
    formats.assign(all.begin(), all.end());
  }
  std::vector<fs::path> files =
      write_reports(reports::make_report(std::move(report.document)), formats, request.out);
  files.insert(files.end(), report.figure_files.begin(), report.figure_files.end());
  show_files(session.console, request.out, files);
}

}  // namespace

std::optional<JobRecord> job_record(const fs::path& given) {
  using Kind = JobRecord::Kind;
  if (fs::is_directory(given)) {
    if (fs::exists(run::RunDirectory::record_in(given))) return std::nullopt;
    const fs::path search = run::Tuner::record_in(given);
    if (fs::exists(search)) return JobRecord{Kind::kSearch, search};
    const fs::path sweep = run::sweep_record_in(given);
    if (fs::exists(sweep)) return JobRecord{Kind::kSweep, sweep};
    return std::nullopt;
  }
  const std::string kind = reports::kind_of_record(given);
  if (kind == "search") return JobRecord{Kind::kSearch, given};
  if (kind == "sweep") return JobRecord{Kind::kSweep, given};
  return std::nullopt;
}

ExitCode report_job(Session& session, const JobRecord& record, const JobReportRequest& request) {
  const Console& console = session.console;
  JobReport report = record.kind == JobRecord::Kind::kSearch
                         ? search_report(session, record.file)
                         : sweep_report(session, record.file, request);
  if (!request.out.empty()) {
    write_files(session, std::move(report), request);
    return ExitCode::kPass;
  }
  console.show_json(nlohmann::ordered_json::parse(reports::render_json(report.table)));
  if (request.formats.empty()) {
    console.show(reports::render_terminal(report.table, {console.width(), console.colour()}));
    return ExitCode::kPass;
  }
  const reports::Report whole = reports::make_report(std::move(report.document));
  for (const reports::ReportWriter* format : request.formats) {
    console.show(format->write(whole).front().bytes);
  }
  return ExitCode::kPass;
}

}  // namespace kgaudit::cli
