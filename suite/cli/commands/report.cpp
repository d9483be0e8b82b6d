#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "reports/document/statement_json.hpp"
#include "reports/figures/record_figures.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/visible_record.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/side_by_side.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/roster.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/job_report.hpp"
#include "suite/cli/paper_kit.hpp"
#include "suite/cli/record_file.hpp"
#include "suite/cli/report_files.hpp"
#include "suite/cli/run_result.hpp"
#include "suite/compare/profession_lists.hpp"
#include "suite/compare/ranking_of_systems.hpp"
#include "suite/compare/significance.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

/// What a comment on GitHub takes, with room for what stands around the report.
constexpr std::uint64_t kBriefBytes = 60'000;

struct ReportRequest {
  std::vector<std::string> records;
  std::vector<std::string> formats;
  std::string out;
  std::string spread;  ///< empty: not typed, "sd"
  std::size_t professions = reports::ReportOptions{}.professions;
  std::size_t relations = reports::ReportOptions{}.relations;
  bool compare = false;
  bool force = false;
  std::string reference;
  bool no_figures = false;
  std::optional<std::uint64_t> max_bytes;  ///< of the Markdown report
  reports::TableChoice choice;
  bool brief = false;
  bool table = false;
};

std::vector<const reports::ReportWriter*> chosen_formats(const std::vector<std::string>& ids) {
  std::vector<const reports::ReportWriter*> chosen;
  for (const std::string& id : ids) chosen.push_back(&reports::find_report_writer(id));
  if (chosen.empty()) {
    const auto all = reports::report_writers();
    chosen.assign(all.begin(), all.end());
  }
  return chosen;
}

std::string format_ids() {
  return fmt::format("{}", fmt::join(ids_of(reports::report_writers()), ", "));
}

/// The tests of the record anew, against another reference; the file stays as it is.
void test_again(Session& session, reports::RunRecord& record, const std::filesystem::path& file,
                const ReportRequest& request) {
  run::Statistics statistics = run::statistics_of(record);
  statistics.reference = request.reference;
  ThreadPool pool(available_processors());
  pool.heed(session.progress);
  const Stage stage(session.progress, "comparing systems with " + request.reference, 1);
  run::replace_significance(record,
                            run::significance_facts(record, file.parent_path(), statistics, pool));
}

std::vector<reports::RunRecord> read_records(Session& session, const ReportRequest& request) {
  if (request.compare && request.records.size() != 2) {
    throw InputError::usage(
        "--compare",
        fmt::format("{} record{}", request.records.size(), request.records.size() == 1 ? "" : "s"),
        "two: kgaudit report --compare A B");
  }
  // Records of many seeds are tens of megabytes of JSON each.
  std::vector<reports::RunRecord> records(request.records.size());
  ThreadPool pool(std::min(available_processors(), std::max<std::size_t>(1, records.size())));
  pool.heed(session.progress);
  pool.run(records.size(), [&](std::size_t i, std::size_t) {
    records[i] = reports::read_record(record_file(request.records[i]));
  });
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (const std::string& notice : records[i].notices) session.progress.warn(notice);
    if (!request.reference.empty())
      test_again(session, records[i], record_file(request.records[i]), request);
    reports::make_visible(records[i]);
  }
  return records;
}

std::string evaluation_of(const reports::RunLine& run) {
  const auto plan = nlohmann::json::parse(run.plan, nullptr, false);
  const auto path = "/tables/evaluation"_json_pointer;
  return plan.is_object() && plan.contains(path) ? plan[path].dump() : "";
}

/// Differences of two records say something about the systems only where both were asked the same
/// questions and score in the same way.
void refuse_incomparable(reports::Records records, const ReportRequest& request) {
  const reports::RunLine& a = records[0].run;
  const reports::RunLine& b = records[1].run;
  std::vector<std::string> reasons;
  if (a.graph_hash != b.graph_hash) {
    reasons.push_back(a.dataset == b.dataset
                          ? fmt::format("the data of {} are other bytes", printable(a.dataset))
                          : fmt::format("the data differ: {} and {}", printable(a.dataset),
                                        printable(b.dataset)));
  }
  const std::string score = reports::setting_of(records[0], "score");
  const std::string other_score = reports::setting_of(records[1], "score");
  if (score != other_score) {
    reasons.push_back(
        fmt::format("the scores differ: {} and {}", printable(score), printable(other_score)));
  }
  if (evaluation_of(a) != evaluation_of(b)) {
    reasons.emplace_back("ranks are computed in different ways ([evaluation] of the plans)");
  }
  if (reasons.empty()) return;
  throw InputError(ExitCode::kNotComparable,
                   {fmt::format("{} and {}", request.records[0], request.records[1]),
                    fmt::format("{}", fmt::join(reasons, "; ")),
                    "two records of the same data, ranked and scored in the same way",
                    "--force shows them side by side all the same"});
}

/// Several records are several data sets: which systems rank best over all of them.
std::vector<run::RankedSystems> ranked_over_datasets(const ReportRequest& request,
                                                     reports::Records records) {
  if (records.size() < 2 || request.compare) return {};
  return run::rank_systems(records);
}

reports::ReportOptions options_of(const ReportRequest& request, reports::Records records,
                                  const std::vector<run::RankedSystems>& ranking) {
  reports::ReportOptions options;
  options.professions = request.professions;
  options.relations = request.relations;
  options.spread = request.spread == "interval" ? reports::Spread::kInterval : reports::Spread::kSd;
  options.side_by_side = request.compare;
  options.markdown_bytes = request.max_bytes;
  options.choice = request.choice;
  options.brief = request.brief;
  if (request.brief) {
    options.markdown_bytes = std::min(request.max_bytes.value_or(kBriefBytes), kBriefBytes);
  }
  options.opening = run::lists_over_scores(records);
  for (const run::RankedSystems& ranked : ranking) {
    options.opening.push_back(run::in_words(ranked));
    if (!ranked.ranks.defined()) break;  // one reason for all
  }
  return options;
}

ExitCode write_into_folder(Session& session, reports::Records records,
                           const ReportRequest& request) {
  const auto formats = chosen_formats(request.formats);
  const std::vector<run::RankedSystems> ranking = ranked_over_datasets(request, records);
  reports::ReportOptions options = options_of(request, records, ranking);
  const std::filesystem::path folder = request.out;
  std::vector<std::filesystem::path> figure_files;
  make_report_folder(folder);
  if (!request.no_figures && !request.brief) {  // a brief report has none
    make_folder(folder / "figures");
    options.figures =
        reports::draw_figures(records, options, folder, figure_files, session.progress);
    for (const run::RankedSystems& ranked : ranking) {
      const auto figure = run::critical_difference_of(ranked);
      if (!figure) continue;
      options.figures.push_back(reports::place_figure(*figure, 0, folder, figure_files));
    }
    for (const reports::PlacedFigure& placed : options.figures) {
      if (placed.figure.not_drawn.empty()) continue;
      session.console.note(fmt::format("{}: {}", placed.figure.key, placed.figure.not_drawn));
    }
  }
  std::vector<std::filesystem::path> files =
      write_reports(reports::make_report(records, std::move(options)), formats, folder);
  if (std::ranges::find(formats, &reports::find_report_writer("latex")) != formats.end()) {
    const PaperKit kit = paper_kit(records);
    for (const auto& [name, bytes] :
         {std::pair("methods.tex", &kit.methods), std::pair("references.bib", &kit.references)}) {
      write_atomically(folder / name, *bytes, kOutputComplaint);
      files.push_back(folder / name);
    }
  }
  files.insert(files.end(), figure_files.begin(), figure_files.end());
  show_files(session.console, folder, files);
  return ExitCode::kPass;
}

std::vector<reports::Table> tables_of(reports::Records records,
                                      const reports::ReportOptions& options) {
  if (options.side_by_side) {
    return {reports::side_by_side(records[0], records[1], "run 2", options.spread)};
  }
  std::vector<reports::Table> tables;
  for (const reports::RunRecord& record : records) {
    tables.push_back(reports::chosen_comparison(record, options.choice, options.spread));
  }
  return tables;
}

/// The first typed option that chooses what of a run is shown: "" for none.
std::string_view option_about_runs(const ReportRequest& request) {
  const std::pair<std::string_view, bool> options[] = {
      {"--brief", request.brief},
      {"--table", request.table},
      {"--columns", !request.choice.columns.empty()},
      {"--systems", !request.choice.systems.empty()},
      {"--attributes", !request.choice.attributes.empty()},
      {"--spread", !request.spread.empty()},
      {"--max-bytes", request.max_bytes.has_value()}};
  for (const auto& [option, typed] : options) {
    if (typed) return option;
  }
  return "";
}

/// Of all formats, with --out and no --format, one is Markdown.
bool writes_markdown(const ReportRequest& request) {
  if (request.formats.empty()) return !request.out.empty();
  const auto formats = chosen_formats(request.formats);
  return std::ranges::find(formats, &reports::find_report_writer("markdown")) != formats.end();
}

/// Options that would change nothing beside each other are refused, before anything is read.
void refuse_without_effect(const ReportRequest& request, const Console& console) {
  if (request.table && (!request.out.empty() || !request.formats.empty() || request.brief ||
                        request.compare || console.json())) {
    throw InputError::usage("--table", "beside --out, --format, --brief, --compare or --json",
                            "--table with --columns, --systems, --attributes or --spread");
  }
  if (request.brief && request.formats.empty() && request.out.empty()) {
    throw InputError::usage("--brief", "neither --format nor --out",
                            "a report: the table in a terminal is short already",
                            "--brief --format markdown");
  }
  if (request.max_bytes && !writes_markdown(request)) {
    throw InputError::usage("--max-bytes", "without a Markdown report", "a limit on its length",
                            "--max-bytes with --format markdown or --out");
  }
  if (request.force && !request.compare) {
    throw InputError::usage("--force", "without --compare", "two records to compare",
                            "kgaudit report --compare A B --force");
  }
  if (request.compare && request.choice.any()) {
    throw InputError::usage("--compare", "beside --columns, --systems or --attributes",
                            "--compare alone: two records are compared in all their measures",
                            "kgaudit report RUN with these options for each of the two");
  }
}

/// The search or the sweep that is asked for; nothing for runs.
std::optional<JobRecord> job_of(const ReportRequest& request) {
  for (const std::string& given : request.records) {
    auto job = job_record(given);
    if (!job) continue;
    if (const std::string_view option = option_about_runs(request); !option.empty()) {
      throw InputError::usage(std::string(option),
                              fmt::format("beside a search or a sweep, {}", printable(given)),
                              "a run: a search or a sweep has one table",
                              "the same without it, or one of its runs in place of it");
    }
    if (request.records.size() == 1 && !request.compare && request.reference.empty()) return job;
    throw InputError::usage(given, "a search or a sweep beside other records, or with tests",
                            "one search or sweep at a time, without --compare and --reference");
  }
  return std::nullopt;
}

/// The rows of the comparison, to be pasted between words of one's own.
ExitCode show_rows(const Console& console, reports::Records records, const ReportRequest& request) {
  for (const reports::RunRecord& record : records) {
    const reports::Spread spread =
        request.spread == "interval" ? reports::Spread::kInterval : reports::Spread::kSd;
    const reports::Table chosen = reports::chosen_comparison(record, request.choice, spread);
    reports::Table rows = request.choice.any() ? chosen : reports::short_comparison(chosen);
    rows.caption.clear();
    rows.notes.clear();
    console.show(reports::render_markdown(rows, 0));
  }
  return ExitCode::kPass;
}

ExitCode show_tables(Session& session, reports::Records records, const ReportRequest& request) {
  const Console& console = session.console;
  reports::ReportOptions options =
      options_of(request, records, ranked_over_datasets(request, records));
  const std::vector<reports::Table> tables = tables_of(records, options);
  if (request.formats.empty()) {
    // Who asks for a part of the table wants that part.
    const bool whole = !options.choice.any() && !options.side_by_side;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (i != 0) console.show("\n");
      if (whole) show_verdict(console, records[i]);
      show_comparison(console, tables[i], !whole, request.records[i]);
    }
    for (const std::string& sentence : run::lists_over_scores(records)) {
      console.show("\n" + sentence + "\n");
    }
  } else {
    const reports::Report whole = reports::make_report(records, std::move(options));
    for (const reports::ReportWriter* format : chosen_formats(request.formats)) {
      console.show(format->write(whole).front().bytes);
    }
  }
  auto json = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    json.push_back(nlohmann::ordered_json::parse(reports::render_json(tables[i])));
    if (request.compare) continue;
    json.back()["verdict"] = reports::verdict(records[i]);
    json.back()["statements"] =
        nlohmann::ordered_json::parse(reports::statements_json(reports::statements(records[i])));
  }
  console.show_json(json.size() == 1 ? json.front() : json);
  return ExitCode::kPass;
}

ExitCode report(Session& session, const ReportRequest& request) {
  const Console& console = session.console;
  for (const std::string& id : request.formats) {  // before anything is read
    const reports::ReportWriter& format = reports::find_report_writer(id);
    if (!console.json() || !request.out.empty() || format.id == "json") continue;
    throw InputError::usage("--json", fmt::format("beside --format {}", printable(id)),
                            "one form of the result on stdout",
                            fmt::format("--format {} alone, or --out DIR for files", format.id));
  }
  refuse_without_effect(request, console);
  if (const auto job = job_of(request)) {
    JobReportRequest wanted{{}, request.out, !request.no_figures};
    if (!request.formats.empty()) wanted.formats = chosen_formats(request.formats);
    return report_job(session, *job, wanted);
  }
  const std::vector<reports::RunRecord> records = read_records(session, request);
  if (request.compare && !request.force) refuse_incomparable(records, request);
  const ExitCode shown = request.table         ? show_rows(console, records, request)
                         : request.out.empty() ? show_tables(session, records, request)
                                               : write_into_folder(session, records, request);
  if (std::ranges::any_of(records, anything_measured)) return shown;
  console.error(
      "nothing was measured: no metric of the record has a value\n"
      "  try: go on with a run that was interrupted by kgaudit bench --resume");
  return ExitCode::kNothingMeasured;
}

CommandAction attach_report(CommandLine line) {
  auto request = std::make_shared<ReportRequest>();
  line.add_words({.name = "records",
                  .help = "Run folders or their record.jsonl files; several make one report with a "
                          "part for each. Other files of a run are read for --reference only. Or "
                          "the folder of one search or sweep, or its search.jsonl or sweep.jsonl",
                  .type = "RECORDS",
                  .required = true},
                 request->records, Words::kMany);
  line.add_words(
      {.name = "--format",
       .help = fmt::format("Formats, separated by commas (any of: {}, or a file extension such as "
                           "md, tex; default: all with --out, else a table in the terminal)",
                           format_ids()),
       .type = "IDS"},
      request->formats, Words::kCommas);
  line.add_text({.name = "--out",
                 .help = "Folder for the files, with the figures in its folder figures (default: "
                         "none, print on stdout)",
                 .type = "DIR"},
                request->out);
  line.add_flag(
      {.name = "--compare",
       .help = "Compare two records side by side: both values, their difference and ratio "
               "for every system and measure (default: off)"},
      request->compare);
  line.add_flag({.name = "--force",
                 .help = "With --compare: also records of other data, another score or another way "
                         "of ranking (default: off, these are refused with 4)"},
                request->force);
  line.add_choice({.name = "--spread",
                   .help = "What to show after each mean: the standard deviation over seeds (sd), "
                           "or a 95 % interval over seeds, or over triples or persons if there is "
                           "one seed (interval); default: sd",
                   .type = "KIND"},
                  request->spread, {"sd", "interval"});
  line.add_text({.name = "--reference",
                 .help = "Test all systems against this one (SYSTEM or SYSTEM:VIEW, such as "
                         "bose:a), from the raw files beside each record (default: show the tests "
                         "that are on record)",
                 .type = "SYSTEM"},
                request->reference);
  line.add_count(
      {.name = "--professions",
       .help = "Number of rows in each profession table, largest bias first (integer in [1, "
               "1000000]; default: 20)",
       .type = "N"},
      request->professions, {.least = 1, .most = 1000000});
  line.add_count(
      {.name = "--relations",
       .help = "Number of rows in the relation table, most test triples first (integer in "
               "[1, 1000000]; default: 40)",
       .type = "N"},
      request->relations, {.least = 1, .most = 1000000});
  line.add_count({.name = "--max-bytes",
                  .help = "Longest Markdown report: sections at the end are left out and named "
                          "(at least 1; GitHub takes comments of 65536; default: no limit)",
                  .type = "N"},
                 request->max_bytes);
  line.add_words(
      {.name = "--columns",
       .help = fmt::format("Columns of the comparison, separated by commas: paper (the "
                           "short table), full (all that the report shows), or any of {} "
                           "(default: paper in a terminal, else full)",
                           fmt::join(reports::comparison_columns(), ", ")),
       .type = "LIST"},
      request->choice.columns, Words::kOneList);
  line.add_words(
      {.name = "--systems",
       .help = "Rows of the comparison: systems or their rows such as bose:a, separated by "
               "commas (default: all)",
       .type = "LIST"},
      request->choice.systems, Words::kOneList);
  line.add_words({.name = "--attributes",
                  .help = "Attributes of the comparison, separated by commas (default: all)",
                  .type = "LIST"},
                 request->choice.attributes, Words::kOneList);
  line.add_flag(
      {.name = "--brief",
       .help = "The verdict, the short comparison and the findings alone, without figures and in "
               "at most 60,000 bytes of Markdown, with --format or --out: for a comment of a pull "
               "request (default: off)"},
      request->brief);
  line.add_flag({.name = "--table",
                 .help = "The rows of the comparison alone, as Markdown without heading and notes: "
                         "for a README (default: off)"},
                request->table);
  line.add_flag({.name = "--no-figures",
                 .help = "Do not draw figures (default: with --out, draw them as SVG, PDF and PNG, "
                         "with gnuplot script and data)"},
                request->no_figures);
  return [request](Session& session) { return report(session, *request); };
}

}  // namespace

extern const CommandEntry report;
constinit const CommandEntry report = {
    .id = "report",
    .summary = "Rebuild reports (tables, figures, text) from finished runs",
    .attach = &attach_report,
    .when_stopped = "the files that are there are whole",
};

}  // namespace kgaudit::cli::commands_roster
