#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "reports/markdown_report.hpp"
#include "reports/report_writer.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_bytes;
using kgaudit::reports::tests::example_record;

TEST_CASE("every report format keeps the contract of a writer", "[reports][formats]") {
  std::set<std::string> ids;
  std::set<std::string> names;
  const RunRecord record = example_record();
  RunRecord empty;
  empty.run = record.run;
  for (const ReportWriter* writer : report_writers()) {
    CAPTURE(writer->id);
    CHECK(ids.emplace(writer->id).second);
    CHECK(&find_report_writer(writer->id) == writer);
    CHECK_FALSE(writer->title.empty());
    CHECK(writer->description.ends_with('.'));
    const auto files = writer->write(record, {});
    REQUIRE_FALSE(files.empty());
    CHECK(files.front().name == writer->file_name);
    for (const NamedBytes& file : files) {
      CHECK(names.insert(file.name).second);
      CHECK(file.name.find('/') == std::string::npos);
      CHECK_FALSE(find_broken_utf8(file.bytes));
      CHECK(file.bytes.ends_with('\n'));
      CHECK(file.bytes.find("nan") == std::string::npos);
    }
    const auto again = writer->write(parse_record(example_bytes(), "r"), {});
    CHECK(std::equal(files.begin(), files.end(), again.begin(), again.end(),
                     [](const auto& a, const auto& b) { return a.bytes == b.bytes; }));
    CHECK_NOTHROW(writer->write(empty, {}));
  }
  CHECK(ids == std::set<std::string>{"markdown", "csv", "json"});
}

TEST_CASE("an unknown report format is answered with the nearest", "[reports][formats]") {
  try {
    static_cast<void>(find_report_writer("markdwon"));
    FAIL("accepted");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(error.complaint().advice == "did you mean 'markdown'?");
  }
}

TEST_CASE("the CSV report lists every measurement", "[reports][formats][csv]") {
  const auto files = find_report_writer("csv").write(example_record(), {});
  REQUIRE(files.size() == 2);
  const std::string& all = files[1].bytes;
  CHECK(all.substr(0, all.find("basic,,1,time")) ==
        "run,system,view,seed,metric,facets,value,undefined,low,high,level,n,unit,direction\r\n"
        "r1,basic,,1,link_prediction.mrr,filter=filtered;set=all;side=both;ties=realistic,0.68,"
        ",,,,100,,higher\r\nr1,");
  CHECK_THAT(all, Catch::Contains("r1,basic,,1,score_gap.micro,attribute=religion,,no value has 10 "
                                  "persons or more,,,,4,score,nearer\r\n"));
  CHECK(static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n')) ==
        example_record().measurements.size() + 1);
}

TEST_CASE("the JSON report is one JSON value with the comparison in it",
          "[reports][formats][json]") {
  const auto files = find_report_writer("json").write(example_record(), {});
  const auto json = nlohmann::json::parse(files.at(0).bytes);
  CHECK(json["run"]["dataset"] == "planted-people");
  CHECK(json["comparison"]["rows"][1]["link_prediction.mrr"]["value"] == (0.68 + 0.70) / 2);
  CHECK(json["comparison"]["rows"][2]["score_gap.micro.religion"]["undefined"] ==
        "no value has 10 persons or more");
  CHECK(json["professions"].size() == 1);
  CHECK(json["attributes"].size() == 2);
  CHECK(json["findings"][0]["check"] == "duplicate_triples");
}

TEST_CASE("the Markdown report has its chapters in order", "[reports][formats][markdown]") {
  const std::string report = markdown_report(example_record(), {20, {"a.gp", "bias_vs_mrr.svg"}});
  std::vector<std::string> headings;
  for (std::size_t at = 0; at < report.size();) {
    const std::size_t end = report.find('\n', at);
    if (report[at] == '#') headings.push_back(report.substr(at, end - at));
    at = end + 1;
  }
  CHECK(headings == std::vector<std::string>{
                        "# Bias audit: planted-people", "## Quality, cost and bias of each system",
                        "## What was run", "## Attribute gender", "## Attribute religion",
                        "## Professions", "### Professions by gender bias, basic", "## Time",
                        "## Integrity", "## Limits", "## How to make this again"});
  CHECK_THAT(report, Catch::Contains("![Bias against quality](bias_vs_mrr.svg)"));
  CHECK_THAT(report, Catch::Contains("- **Seeds**: 1, 2\n"));
  CHECK_THAT(report,
             Catch::Contains("- **warning** `duplicate_triples`, train.tsv: 3 triples stand "
                             "twice\n"));
  CHECK_THAT(report, Catch::Contains("- Only 2 seeds"));
  CHECK_THAT(report, Catch::Contains("- 4 of 33 measurements are undefined"));
  CHECK_THAT(report, Catch::Contains("```json\n{\n  \"dataset\": \"planted-people\",\n  "
                                     "\"epochs\": 3\n}\n```\n"));
  CHECK_THAT(report, Catch::Contains("| kl+attr | 2 | `dddd` |"));
  CHECK(report.find("not complete") == std::string::npos);
}

TEST_CASE("an unfinished run says so in its report", "[reports][formats][markdown]") {
  RunRecord record = example_record();
  record.done.clear();
  record.findings.clear();
  record.notices = {"r:9: the last line is torn"};
  const std::string report = markdown_report(record);
  CHECK_THAT(report, Catch::Contains("not complete: 4 combinations"));
  CHECK_THAT(report, Catch::Contains("- **notice**: r:9: the last line is torn\n"));
}

TEST_CASE("user text cannot break out of the Markdown report", "[reports][formats][markdown]") {
  RunRecord record = example_record();
  record.run.dataset = "x\n# y <script>";
  record.run.graph_hash = "``";
  record.run.labels["/m/nurse"] = "</details>|";
  record.run.plan = R"({"a":"```"})";
  const std::string report = markdown_report(record);
  CHECK(report.find("<script>") == std::string::npos);
  CHECK(report.find("</details>") == std::string::npos);
  CHECK(report.find("\n# y") == std::string::npos);
  CHECK_THAT(report, Catch::Contains("````json"));
}
