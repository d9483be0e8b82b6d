#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "reports/looks/html_text.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_bytes;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;
using kgaudit::reports::tests::hostile_record;

namespace {

std::vector<NamedBytes> written(const ReportWriter& writer, const RunRecord& record,
                                ReportOptions options = {}) {
  return writer.write(make_report({&record, 1}, std::move(options)));
}

std::string main_file(std::string_view id, const RunRecord& record, ReportOptions options = {}) {
  return written(find_report_writer(id), record, std::move(options)).front().bytes;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

PlacedFigure figure(std::string not_drawn = "") {
  PlacedFigure placed;
  placed.figure = {"bias_vs_mrr_gender",
                   "Bias against quality",
                   "One point a system.",
                   "figures",
                   R"(<?xml version="1.0"?><!DOCTYPE svg><svg width="720" height="400" )"
                   R"(viewBox="0 0 720 400"><defs><circle id='dot'/></defs><use )"
                   R"(xlink:href='#dot'/><text>a&lt;b</text></svg>)",
                   std::move(not_drawn)};
  if (!placed.figure.not_drawn.empty()) placed.figure.svg.clear();
  return placed;
}

}  // namespace

TEST_CASE("Every report format has a test with its tag and keeps the contract of a writer",
          "[reports][formats]") {
  const std::set<std::string> tags = kgaudit::tests::test_tags();
  std::set<std::string> ids;
  std::set<std::string> names;
  const RunRecord record = example_record();
  RunRecord empty;
  empty.run = record.run;
  for (const ReportWriter* writer : report_writers()) {
    CAPTURE(writer->id);
    CHECK(ids.emplace(writer->id).second);
    CHECK(tags.contains(std::string(writer->id)));
    CHECK(&find_report_writer(writer->id) == writer);
    CHECK_FALSE(writer->title.empty());
    CHECK(writer->description.ends_with('.'));
    const auto files = written(*writer, record);
    REQUIRE_FALSE(files.empty());
    CHECK(files.front().name == writer->file_name);
    for (const NamedBytes& file : files) {
      CHECK(names.insert(file.name).second);
      CHECK(file.name.find('/') == std::string::npos);
      CHECK_FALSE(find_broken_utf8(file.bytes));
      CHECK(file.bytes.ends_with('\n'));
      CHECK(file.bytes.find("nan") == std::string::npos);
    }
    const auto again = written(*writer, parse_record(example_bytes(), "r"));
    CHECK(std::equal(files.begin(), files.end(), again.begin(), again.end(),
                     [](const auto& a, const auto& b) { return a.bytes == b.bytes; }));
    CHECK_NOTHROW(written(*writer, empty));
    CHECK_NOTHROW(written(*writer, hostile_record()));
  }
  for (const char* id : {"markdown", "latex", "html", "csv", "json"}) CHECK(ids.contains(id));
}

TEST_CASE("A run that ranked validation triples says so, and beside its figures, too",
          "[reports][formats]") {
  RunRecord record = example_record();
  for (const bool valid : {true, false}) {
    record.run.plan =
        fmt::format(R"({{"tables":{{"evaluation":{{"set":"{}"}}}}}})", valid ? "valid" : "test");
    for (const char* id : {"markdown", "html", "latex"}) {
      CAPTURE(id, valid);
      const std::string report = main_file(id, record);
      CHECK(count(report, "Validation triples were ranked, not test triples") == (valid ? 1U : 0U));
      CHECK(count(report, "; validation triples ranked, not test triples") >= (valid ? 1U : 0U));
      CHECK((count(report, "alidation triples") > 0) == valid);
    }
    for (const NamedBytes& file : written(find_report_writer("latex"), record)) {
      if (!file.name.ends_with("paper.tex")) continue;
      CHECK((count(file.bytes, "(validation triples)") == 1) == valid);
    }
  }
}

TEST_CASE("A report format is also found by its file's extension", "[reports][formats]") {
  CHECK(find_report_writer("md").id == "markdown");
  CHECK(find_report_writer("tex").id == "latex");
}

TEST_CASE("An unknown report format is answered with the nearest", "[reports][formats]") {
  try {
    static_cast<void>(find_report_writer("markdwon"));
    FAIL("accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(error.complaint().advice == "did you mean 'markdown'?");
  }
}

TEST_CASE("The CSV report lists every table and every measurement", "[reports][formats][csv]") {
  const auto files = written(find_report_writer("csv"), example_record());
  std::vector<std::string> names;
  for (const NamedBytes& file : files) names.push_back(file.name);
  REQUIRE(names.size() > 2);
  CHECK(names[0] == "comparison.csv");
  CHECK(names[1] == "measurements.csv");
  for (const char* table : {"attribute_gender.csv", "attribute_religion.csv", "professions.csv",
                            "test_sets.csv", "time.csv"}) {
    CHECK(std::count(names.begin(), names.end(), table) == 1);
  }
  CHECK(names.back() == "table_hashes.csv");
  // One file for all systems and attributes, which stand in its first columns.
  const std::string& professions =
      std::ranges::find(files, "professions.csv", &NamedBytes::name)->bytes;
  CHECK(professions.starts_with("attribute,system,place,"));
  CHECK(professions.find("\r\ngender,basic,1,") != std::string::npos);
  const std::string& all = files[1].bytes;
  CHECK(all.substr(0, all.find("basic,,1,time")) ==
        "run,system,view,seed,metric,facets,value,undefined,low,high,level,n,unit,direction,"
        "release\r\n"
        "r1,basic,,1,link_prediction.mrr,filter=filtered;set=all;side=both;ties=realistic,0.68,"
        ",,,,100,,higher,\r\nr1,");
  CHECK_THAT(all, Contains("r1,basic,,1,score_gap.micro,attribute=religion,,no value has 10 "
                           "persons or more,,,,4,score,nearer,\r\n"));
  // Of a system with attribute vectors, what it is of.
  CHECK_THAT(all, Contains("r1,kl+attr,,1,link_prediction.mrr,filter=filtered;set=all;side=both;"
                           "ties=realistic,0.66,,,,,100,,higher,whole\r\n") &&
                      Contains("r1,kl+attr,,1,score_gap.micro,attribute=gender,0.25,,,,,100,score,"
                               "nearer,rows\r\n") &&
                      Contains("r1,kl+attr,,1,time.seconds_per_epoch,,2,,,,,100,s,lower,\r\n"));
  CHECK(static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n')) ==
        example_record().measurements.size() + 1);
}

TEST_CASE("The JSON report is one JSON value with the tables in it", "[reports][formats][json]") {
  const auto json = nlohmann::json::parse(main_file("json", example_record()));
  CHECK(json["records"][0]["run"]["dataset"] == "planted-people");
  const auto& comparison = json["tables"]["comparison"];
  CHECK(comparison["rows"][1]["link_prediction.mrr"]["value"] == (0.68 + 0.70) / 2);
  CHECK(comparison["rows"][1]["link_prediction.mrr"]["n"] == 100);
  CHECK(comparison["rows"][2]["score_gap.micro.religion"]["undefined"] ==
        "no value has 10 persons or more");
  CHECK(json["tables"].contains("professions_gender_basic"));
  CHECK(json["tables"].contains("attribute_religion"));
  CHECK(json["records"][0]["findings"][0]["check"] == "duplicate_triples");
  CHECK_THAT(json["records"][0]["methods"][0].get<std::string>(),
             Contains("The data set is planted-people"));
}

TEST_CASE("The Markdown report has its chapters in order", "[reports][formats][markdown]") {
  ReportOptions options;
  options.figures = {figure()};
  const std::string report = main_file("markdown", example_record(), options);
  std::vector<std::string> headings;
  for (std::size_t at = 0; at < report.size();) {
    const std::size_t end = report.find('\n', at);
    if (report[at] == '#') headings.push_back(report.substr(at, end - at));
    at = end + 1;
  }
  CHECK(headings ==
        std::vector<std::string>{
            "# Bias audit: planted-people", "## Quality, cost and bias of each system",
            "## Methods", "## What was run", "## Attribute gender",
            "### Do other seeds give the same professions? gender", "## Attribute religion",
            "## Professions", "### Professions by gender bias, basic",
            "## Ranking quality by part of the test set", "## Time", "## Integrity",
            "## Audit statement", "## How to reproduce", "### Hashes of the trained tables"});
  CHECK_THAT(report, Contains("![Bias against quality](figures/bias_vs_mrr_gender.svg)\n\nOne "
                              "point a system."));
  CHECK_THAT(report, Contains("- **Seeds**: 1, 2\n"));
  CHECK_THAT(report, Contains("- **warning** `duplicate_triples` (train.tsv): 3 triples stand "
                              "twice\n"));
  CHECK_THAT(report, Contains("- Only 2 seeds"));
  CHECK_THAT(report, Contains("- 4 of 33 measurements are undefined"));
  CHECK_THAT(report, Contains("```json\n{\n  \"dataset\": \"planted-people\",\n  "
                              "\"epochs\": 3\n}\n```\n"));
  CHECK_THAT(report, Contains("| kl+attr | 2 | dddd |"));
  CHECK(report.find("not complete") == std::string::npos);
}

TEST_CASE("An H@1 is no mention of somebody", "[reports][formats][markdown]") {
  RunRecord record = example_record();
  for (MeasurementLine& line : record.measurements) {
    if (line.metric == "link_prediction.mrr") line.metric = "link_prediction.hits_at_1";
  }
  record.run.labels["basic"] = "@team";
  const std::string report = main_file("md", record);
  CHECK_THAT(report, Contains("| ranking H@1 ↑ |") && Contains("| @&#8203;team |"));
}

TEST_CASE("An unfinished run says so in its report", "[reports][formats][markdown]") {
  RunRecord record = example_record();
  record.done.clear();
  record.findings.clear();
  record.notices = {"r:9: the last line is torn"};
  const std::string report = main_file("markdown", record);
  CHECK_THAT(report, Contains("not complete: 4 of its trainings are missing."));
  CHECK_THAT(report, Contains("- **notice**: r:9: the last line is torn\n"));
}

TEST_CASE("A figure that was not drawn says why in every format", "[reports][formats]") {
  ReportOptions options;
  options.figures = {figure("gnuplot is not installed")};
  for (const char* id : {"markdown", "latex", "html"}) {
    CAPTURE(id);
    const std::string report = main_file(id, example_record(), options);
    CHECK_THAT(report, Contains("gnuplot is not installed"));
    CHECK(report.find("<svg") == std::string::npos);
    CHECK(report.find("![") == std::string::npos);
  }
}

TEST_CASE("User text cannot break out of the Markdown report", "[reports][formats][markdown]") {
  RunRecord record = hostile_record();
  record.run.dataset = "x\n# y <script>";
  record.run.graph_hash = "``";
  record.run.labels["/m/nurse"] = "</details>|";
  record.run.plan = R"({"a":"```"})";
  const std::string report = main_file("markdown", record);
  CHECK(report.find("<script") == std::string::npos);
  CHECK(report.find("</details>|") == std::string::npos);
  CHECK(report.find("\n# y") == std::string::npos);
  CHECK_THAT(report, Contains("````json"));
}

TEST_CASE("User text cannot break out of the HTML report", "[reports][formats][html]") {
  const std::string report = main_file("html", hostile_record());
  CHECK(count(report, "<script") == 1);
  CHECK(count(report, "</script") == 1);
  CHECK(report.find("<img") == std::string::npos);
  CHECK(report.find("onerror=\"") == std::string::npos);
  CHECK_THAT(report, Contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
  CHECK_THAT(report, Contains("Łódź 日本 %&amp;_#$"));
}

TEST_CASE("The HTML page needs nothing from outside and is reached by keyboard",
          "[reports][formats][html]") {
  ReportOptions options;
  options.figures = {figure()};
  const std::string page = main_file("html", example_record(), options);
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  for (const char* outside : {"http://", "https://", "src=", "@import", "url(http"}) {
    CAPTURE(outside);
    CHECK(page.find(outside) == std::string::npos);
  }
  CHECK_THAT(page, Contains("default-src 'none'"));
  CHECK_THAT(page, Contains("<a class=\"skip\" href=\"#main\">") && Contains("<main id=\"main\""));
  CHECK_THAT(page, Contains("prefers-color-scheme:dark"));
  CHECK_THAT(page, Contains("width=device-width"));
  CHECK_THAT(page,
             Contains("<th scope=\"col\" data-c=\"1\"><button type=\"button\">MRR ↑</button>"));
  CHECK_THAT(page,
             Contains("<th class=\"g\" scope=\"colgroup\" colspan=\"2\">score gap ΔS →0</th>"));
  CHECK_THAT(page, Contains("<th scope=\"row\" class=\"l\" data-v=\"basic\">basic</th>"));
  CHECK_THAT(page, Contains("<td data-v=\"0.69\"><strong>0.690 ± 0.014</strong></td>"));
  CHECK_THAT(page, Contains("<td>undef.<sup><a href=\"#comparison-note-1\">1</a></sup></td>"));
  CHECK_THAT(page, Contains("<li id=\"comparison-note-1\">no value has 10 persons or more</li>"));
  CHECK(count(page, "<table>") == count(page, "<caption"));
}

TEST_CASE("A table that is too wide for paper is printed in parts that have every column",
          "[reports][formats][html]") {
  Table table;
  table.title = "Wide";
  table.columns = {text_column("system", "system")};
  Row row{{TextCell{"basic"}}, false};
  for (int group = 0; group < 5; ++group) {
    for (int c = 0; c < 4; ++c) {
      table.columns.push_back({.key = fmt::format("k{}{}", group, c),
                               .group = fmt::format("group {}", group),
                               .header = fmt::format("head-{}-{}", group, c)});
      row.cells.emplace_back(NumberCell{.summary = {0.5, 0.25, 3}});
    }
  }
  table.rows = {row};
  const std::string wide = render_html(table, "wide");
  CHECK_THAT(wide, Contains("<div class=\"scroll screen\"") && Contains("<div class=\"paper\">"));
  const std::string paper = wide.substr(wide.find("<div class=\"paper\">"));
  CHECK(count(paper, "<table>") > 1);
  CHECK(count(paper, "<th scope=\"row\" class=\"l\">basic</th>") == count(paper, "<table>"));
  for (std::size_t c = 1; c < table.columns.size(); ++c) {
    CHECK(count(paper, fmt::format("<th scope=\"col\">{}</th>", table.columns[c].header)) == 1);
  }
  // No group of columns is torn.
  for (int group = 0; group < 5; ++group) {
    CHECK(count(paper, fmt::format(">group {}</th>", group)) == 1);
  }
  CHECK(paper.find("<button") == std::string::npos);
  table.columns.resize(5);
  table.rows.front().cells.resize(5);
  CHECK(render_html(table, "narrow").find("class=\"paper\"") == std::string::npos);
}

TEST_CASE("The HTML page prints what is folded, across, and shows what a narrow screen cuts off",
          "[reports][formats][html]") {
  ReportOptions options;
  options.figures = {figure()};
  options.figures.front().figure.keys = {{"kl <b>", "#0072B2", "▲"}};
  const std::string page = main_file("html", example_record(), options);
  CHECK_THAT(page, Contains("@page{size:A4 landscape") && Contains("beforeprint") &&
                       Contains("scroll it sideways"));
  CHECK_THAT(page, Contains("<ul class=\"key\">\n<li><span style=\"color:#0072B2\" "
                            "aria-hidden=\"true\">▲</span>kl &lt;b&gt;</li>\n</ul>"));
  CHECK_THAT(page, Contains("figure svg>g>rect:first-of-type{fill:none}"));
}

TEST_CASE("Every id of the HTML page is given once", "[reports][formats][html]") {
  ReportOptions options;
  options.figures = {figure()};
  const std::string page = main_file("html", example_record(), options);
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id="); at != std::string::npos;
       at = page.find(" id=", at + 1)) {
    const std::size_t end = page.find(page[at + 4], at + 5);
    const std::string id = page.substr(at + 5, end - at - 5);
    CAPTURE(id);
    CHECK(ids.insert(id).second);
  }
  CHECK(ids.contains("bias_vs_mrr_gender-dot"));
  CHECK_THAT(page, Contains("xlink:href='#bias_vs_mrr_gender-dot'"));
  CHECK_THAT(page, Contains("<svg viewBox=\"0 0 720 400\" role=\"img\" aria-label=\"Bias against "
                            "quality. One point a system.\">"));
}

TEST_CASE("User text cannot break out of the LaTeX report", "[reports][formats][latex]") {
  const std::string report = main_file("latex", hostile_record());
  CHECK(report.find("\\input{") == std::string::npos);
  CHECK(report.find("\\write18") == std::string::npos);
  CHECK(count(report, "\\end{document}") == 1);
  CHECK_THAT(report, Contains("\\textbackslash{}input\\{/"));
  CHECK_THAT(report,
             Contains("Łódź \\kgauditchar{65E5}\\kgauditchar{672C} \\%\\&\\_\\allowbreak{}\\#"
                      "\\$"));
}

TEST_CASE("A LaTeX report has booktabs tables and the comparison for a paper",
          "[reports][formats][latex]") {
  const auto files = written(find_report_writer("latex"), example_record());
  REQUIRE(files.size() == 3);
  CHECK(files[1].name == "comparison.tex");
  CHECK(files[2].name == "paper.tex");
  // A table that is wider than the page is made to fit.
  CHECK_THAT(files[2].bytes, Contains("\\kgauditfit{\\begin{tabular}{"));
  CHECK_THAT(files[2].bytes,
             Contains("\\begin{table*}") && !Contains("$\\pm$") && Contains("mean over 2 seeds"));
  const std::string& table = files[1].bytes;
  CHECK_THAT(table, Contains("\\toprule") && Contains("\\midrule") && Contains("\\bottomrule"));
  CHECK_THAT(table, Contains("\\cmidrule(lr){2-2}\\cmidrule(lr){3-3}\\cmidrule(lr){4-5}"));
  CHECK_THAT(table, Contains("basic & \\textbf{0.690~$\\pm$~0.014} & 2.000~$\\pm$~1.414 & "
                             "3.00~$\\pm$~0.71 & undef.\\textsuperscript{1} & "
                             "0.990~$\\pm$~0.000 \\\\\n"));
  CHECK_THAT(table, Contains("\\textsuperscript{1} no value has 10 persons or more"));
  CHECK_THAT(table, Contains("\\label{tab:comparison}"));
  CHECK(table.find("\\begin{document}") == std::string::npos);
}

TEST_CASE("The caption for a paper says what the record says, and of what the table shows",
          "[reports][formats][latex]") {
  const auto paper = [](const RunRecord& record) {
    for (const NamedBytes& file : written(find_report_writer("latex"), record)) {
      if (file.name == "paper.tex") return file.bytes;
    }
    return std::string();
  };
  RunRecord record = example_record();
  // Score gaps have a unit and vary more; there is no AUC and no star, but a figure without a
  // value.
  CHECK_THAT(
      paper(record),
      Contains("(largest standard deviation of figures without a unit 0.\\allowbreak{}014)") &&
          !Contains("AUC") && !Contains("differs from") &&
          Contains("3.00 & undef.\\allowbreak{} & 0.990") &&
          Contains(" undef.\\allowbreak{}: no value has 10 persons or more") &&
          Contains("majority guess & -- & -- & -- & -- & 0.750") && Contains("--: not measured"));

  MeasurementLine adjusted = fact("kl+attr", 1, "significance.p_adjusted",
                                  {{"metric", "question.auc_micro"},
                                   {"attribute", "gender"},
                                   {"persons", "stated"},
                                   {"reference", "basic"},
                                   {"test", "sign flips over seeds"},
                                   {"correction", "Holm over 7 hypotheses"},
                                   {"alpha", "0.1"}},
                                  0.0625);
  record.measurements.push_back(adjusted);
  std::erase_if(record.measurements, [](const auto& line) { return !line.measurement.defined(); });
  std::erase_if(record.measurements,
                [](const auto& line) { return facet_or(line.facets, "probe") == "majority"; });
  for (const char* system : {"basic", "kl+attr"}) {
    record.measurements.push_back(fact(system, 1, "question.auc_micro",
                                       {{"attribute", "gender"}, {"persons", "stated"}}, 0.75));
  }
  CHECK_THAT(paper(record),
             Contains("For AUC, 0.\\allowbreak{}5 is a guess") &&
                 Contains("{*}: differs from basic, adjusted p $\\leq$ 0.\\allowbreak{}1 (sign "
                          "flips over seeds; Holm over 7 hypotheses)") &&
                 !Contains("undef."));
}

TEST_CASE("The LaTeX report of any names goes through pdflatex", "[reports][formats][latex]") {
  if (std::system("command -v pdflatex >/dev/null 2>&1 && kpsewhich booktabs.sty float.sty "
                  ">/dev/null 2>&1") != 0) {
    WARN("skipped: pdflatex with booktabs is not installed");
    return;
  }
  const kgaudit::tests::TemporaryDirectory folder;
  for (const RunRecord& record : {example_record(), hostile_record()}) {
    ReportOptions options;
    options.figures = {figure()};  // its PDF is not there: the report says so and still compiles
    for (const NamedBytes& file : written(find_report_writer("latex"), record, options)) {
      kgaudit::tests::write_file(folder / file.name, file.bytes);
    }
    kgaudit::tests::write_file(folder / "paper.tex",
                               "\\documentclass{article}\\usepackage[T1]{fontenc}"
                               "\\usepackage{array,booktabs,graphicx,longtable}"
                               "\\begin{document}\\input{comparison}\\end{document}\n");
    for (const char* document : {"report", "paper"}) {
      CAPTURE(document);
      const std::string command =
          "cd '" + folder.path().string() +
          "' && pdflatex -no-shell-escape -interaction=nonstopmode -halt-on-error " + document +
          ".tex >log.txt 2>&1";
      const int status = std::system(command.c_str());
      INFO(kgaudit::tests::read_file(folder / "log.txt"));
      CHECK(status == 0);
    }
  }
}

TEST_CASE("Several records make one report of several parts", "[reports][formats]") {
  const std::vector<RunRecord> records = {example_record(), example_record()};
  const Report report = make_report(records);
  const std::string markdown = find_report_writer("md").write(report).front().bytes;
  CHECK_THAT(markdown, Contains("## Run 1: planted-people, plan aa11\n\n### Quality, cost and bias "
                                "of each system"));
  CHECK_THAT(markdown, Contains("## Run 2: planted-people, plan aa11\n"));
  std::set<std::string> names;
  for (const NamedBytes& file : find_report_writer("csv").write(report)) {
    CHECK(names.insert(file.name).second);
  }
  CHECK(names.contains("comparison.csv"));
  CHECK(names.contains("planted_people_comparison_2.csv"));
}

TEST_CASE("The methods say what was trained, how often, on what", "[reports][methods]") {
  const auto blocks = methods(example_record());
  REQUIRE(blocks.size() == 1);
  const std::string text = plain_text(std::get<Paragraph>(blocks[0]).spans);
  CHECK(text ==
        "The data set is planted-people (graph SHA-256 cc33; file train.tsv, SHA-256 bb22). The "
        "systems basic and kl+attr were trained by kgaudit with the seeds 1, 2 (epochs 3, "
        "dimension 8). All systems of a seed see the same split, batches, negatives and initial "
        "values, and their epochs take turns on the machine. Measured: leakage, "
        "link_prediction, profession_bias, score_gap and time. Ranking is filtered, heads and "
        "tails against all entities; ties get the mean of the best and the worst rank. Means and "
        "sample standard deviations are over seeds; times are medians. No test between systems is "
        "on record: differences are shown, not tested. Machine: cpu Test CPU, processors 2. Build: "
        "compiler g++ 12.2.");
}

TEST_CASE("The methods name the tests on record with their corrections", "[reports][methods]") {
  RunRecord record = example_record();
  record.measurements.push_back(
      kgaudit::reports::tests::fact("kl+attr", 1, "significance.p",
                                    {{"test", "paired bootstrap"}, {"correction", "Holm"}}, 0.01));
  const std::string text = plain_text(std::get<Paragraph>(methods(record)[0]).spans);
  CHECK_THAT(text, Contains("Differences between systems were tested by paired bootstrap; "
                            "correction for multiple comparisons: Holm."));
}

TEST_CASE("The audit statement names groups with their sizes", "[reports][statement]") {
  RunRecord record = example_record();
  for (const auto& [value, n] : {std::pair{"/m/f", 1200U}, std::pair{"/m/m", 90U}}) {
    MeasurementLine line = kgaudit::reports::tests::fact(
        "basic", 1, "score_gap.by_value", {{"attribute", "gender"}, {"value", value}}, 0.5);
    line.measurement = Measurement::of(0.5, n, "score", Direction::kNearer);
    record.measurements.push_back(line);
  }
  record.run.labels["/m/f"] = "female";
  const std::string report = main_file("md", record);
  CHECK_THAT(report, Contains("- **gender**: female 1,200, /m/m 90 (persons in train).\n"));
}
