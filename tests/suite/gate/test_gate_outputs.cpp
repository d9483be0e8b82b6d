#include <algorithm>
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "suite/gate/gate_report.hpp"
#include "tests/suite/gate/gate_states.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::run;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

GateReport report_by(const std::string& rules, const GateState& before, const GateState& now) {
  GateReport report;
  report.result = check_gate(rules_of(rules), before, now);
  report.code = gate_code(report.result, false);
  report.dataset = "tiny";
  report.candidate = "runs/today";
  report.baseline = "kgaudit-baseline.json";
  report.rules = "kgaudit.toml";
  report.program = "kgaudit 0.1.0";
  return report;
}

/// A gate with a regression, an undecided and a passed question. `name` is that of the attribute.
GateReport report_of(const std::string& name, std::size_t rows = 1) {
  std::vector<OfFigure> before = {{"mrr", {0.300, 0.301, 0.299}}};
  std::vector<OfFigure> now = {{"mrr", {0.300, 0.301, 0.2991}}};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string row = "row" + std::to_string(i);
    before.push_back({"score_gap", {1.0, 1.01, 0.99}, name, row});
    now.push_back({"score_gap", {2.0, 2.01, 1.98}, name, row});
    before.push_back({"question_auc", {0.6, 0.7, 0.8}, name, row});
    now.push_back({"question_auc", {0.8, 0.55, 0.9}, name, row});
  }
  return report_by(
      "[[gate.rule]]\nfigure = \"mrr\"\nmargin_share = 0.03\n"
      "[[gate.rule]]\nfigure = \"score_gap\"\nmargin_share = 0.2\n"
      "[[gate.rule]]\nfigure = \"question_auc\"\nmargin = 0.05\n",
      state_with(before), state_with(now));
}

std::string rendered(std::string_view id, const GateReport& report) {
  return find_gate_output(id).render(report);
}

}  // namespace

TEST_CASE("The worst question of a gate comes first", "[run][gate]") {
  const GateReport report = report_of("gender");
  REQUIRE(report.result.findings.size() == 3);
  CHECK(report.result.findings[0].verdict == GateVerdict::kRegression);
  CHECK(report.result.findings[1].verdict == GateVerdict::kInconclusive);
  CHECK(report.result.findings[2].verdict == GateVerdict::kPass);
  CHECK(report.code == ExitCode::kRegression);
  CHECK_THAT(gate_headline(report), Contains("1 of 3 questions came out worse"));
}

TEST_CASE("A gate that cannot compare says why, and how to make a new baseline", "[run][gate]") {
  const GateState before = state_with({{"leakage_auc", {0.6}, "gender"}});
  GateState now = before;
  CHECK(before.figure_versions.at("leakage_auc") == 2);
  now.figure_versions["leakage_auc"] = 1;
  const GateReport report =
      report_by("[[gate.rule]]\nfigure = \"leakage_auc\"\nmargin = 0.1\n", before, now);
  CHECK(report.code == ExitCode::kNotComparable);
  CHECK_THAT(
      gate_headline(report),
      Contains("leakage_auc is defined in another way now (version 1, then 2)") &&
          Contains("'kgaudit gate update RUN --reason TEXT' makes the record the new baseline"));
}

TEST_CASE("Every output of a gate says what failed, and by how much", "[run][gate]") {
  const GateReport report = report_of("gender");
  const json whole = json::parse(rendered("json", report));
  CHECK(whole["verdict"] == "regression");
  CHECK(whole["exit_code"] == 1);
  CHECK(whole["findings"][0]["attribute"] == "gender");
  CHECK(whole["findings"][0]["worse_by"].get<double>() == near(0.99666666667, 1e-9));
  CHECK_THAT(rendered("markdown", report), Contains("gender") && Contains("worse by 0.997"));
  CHECK_THAT(rendered("junit", report), Contains(R"(tests="3" failures="1" errors="0")") &&
                                            Contains("<failure") && Contains("<skipped"));
  const json sarif = json::parse(rendered("sarif", report));
  CHECK(sarif["version"] == "2.1.0");
  const json& first = sarif["runs"][0]["results"][0];
  CHECK(first["ruleId"] == "gender/score_gap/change");
  CHECK(first["level"] == "error");
  CHECK(first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "kgaudit.toml");
  CHECK(first["locations"][0]["physicalLocation"]["region"]["startLine"] == 5);
  CHECK_THAT(rendered("github", report), Contains("::error file=kgaudit.toml,line=5,title="));
  const json gitlab = json::parse(rendered("gitlab", report));
  CHECK(gitlab[0]["severity"] == "critical");
  CHECK(gitlab[0]["location"]["lines"]["begin"] == 5);
  CHECK_THAT(
      rendered("openmetrics", report),
      Contains(
          R"(kgaudit_figure{dataset="tiny",row="row0",attribute="gender",figure="score_gap"})"));
  CHECK(rendered("openmetrics", report).ends_with("# EOF\n"));
  CHECK(json::parse(rendered("badge", report))["message"] == "regression");
}

TEST_CASE("A fingerprint stays when the values change", "[run][gate]") {
  GateFinding finding = report_of("gender").result.findings[0];
  const std::string before = fingerprint_of(finding);
  finding.worse_by = 9.0;
  CHECK(fingerprint_of(finding) == before);
  finding.key.row = "other";
  CHECK(fingerprint_of(finding) != before);
}

TEST_CASE("A fingerprint and a rule's id belong to one question alone", "[run][gate]") {
  // Four questions about one value: two changes, a limit on either side.
  const GateReport report = report_by(
      "[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.01\n"
      "[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.5\nat_least = 0.4\nat_most = 0.9\n",
      state_with({{"mrr", {0.3, 0.31, 0.29}}}), state_with({{"mrr", {0.2, 0.21, 0.19}}}));
  std::set<std::string> ids;
  std::set<std::string> fingerprints;
  for (const GateFinding& finding : report.result.findings) {
    ids.insert(rule_id_of(finding));
    fingerprints.insert(fingerprint_of(finding));
  }
  CHECK(ids == std::set<std::string>{"mrr/change", "mrr/change-2", "mrr/limit", "mrr/limit-2"});
  CHECK(fingerprints.size() == 4);
  // The value stands once in the metrics, though four questions are about it.
  const std::string metrics = rendered("openmetrics", report);
  const auto times = [&](const std::string& line) {
    std::size_t count = 0;
    for (auto at = metrics.find(line); at != std::string::npos; at = metrics.find(line, at + 1))
      ++count;
    return count;
  };
  CHECK(times("\nkgaudit_figure{") == 1);
  CHECK(times("\nkgaudit_figure_worse_by{") == 1);

  GateFinding split_early;
  split_early.key = {"score_gap", "a", "b\nc"};
  GateFinding split_late = split_early;
  split_late.key = {"score_gap", "a\nb", "c"};
  CHECK(fingerprint_of(split_early) != fingerprint_of(split_late));
}

TEST_CASE("A value that only limits ask about stands in the metrics", "[run][gate]") {
  const GateState state = state_with({{"mrr", {0.3, 0.31, 0.29}}});
  const std::string metrics = rendered(
      "openmetrics", report_by("[[gate.rule]]\nfigure = \"mrr\"\nat_least = 0.1\n", state, state));
  CHECK_THAT(metrics, Contains("\nkgaudit_figure{") && !Contains("\nkgaudit_figure_worse_by{"));
}

TEST_CASE("An output takes the place of nothing, of an empty file and of its own of earlier gates",
          "[run][gate]") {
  const TemporaryDirectory folder;
  const GateState good = state_with({{"mrr", {0.3, 0.31, 0.29}}});
  GateState other = good;
  other.dataset = "other";
  const std::string rule = "[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.01\n";
  // All passed, something failed, nothing could be compared.
  const std::vector<GateReport> nights = {report_by(rule, good, good), report_of("\"check_name\""),
                                          report_by(rule, good, other)};
  for (const GateOutput* output : gate_outputs()) {
    CAPTURE(output->id);
    const auto file = folder / output->file_name;
    CHECK(may_be_replaced(*output, file));
    for (const std::string& empty : {std::string(), std::string("\n")}) {
      write_file(file, empty);
      CHECK(may_be_replaced(*output, file));
    }
    for (const GateReport& report : nights) {
      write_file(file, output->render(report));
      CHECK(may_be_replaced(*output, file));
      for (const GateOutput* another : gate_outputs()) {
        if (another == output) continue;
        const std::string text = another->render(report);
        if (text.find_first_not_of("[]\n") == std::string::npos) continue;
        CAPTURE(another->id);
        write_file(file, text);
        CHECK_FALSE(may_be_replaced(*output, file));
      }
    }
    for (const char* foreign :
         {"# Notes\n", "see <!-- kgaudit-gate -->\n", "{}\n", "[{\"description\": \"mine\"}]\n",
          "::notice::mine\n", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites/>\n",
          "{\n  \"schema\": 1,\n  \"program\": \"other\"\n}\n", "# TYPE up gauge\n# EOF\n",
          "{\n  \"schemaVersion\": 1,\n  \"label\": \"build\"\n}\n",
          "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"runs\": "
          "[]\n}\n"}) {
      CAPTURE(foreign);
      write_file(file, foreign);
      CHECK_FALSE(may_be_replaced(*output, file));
    }
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    CHECK_FALSE(may_be_replaced(*output, file));
  }
}

TEST_CASE("The table of a comment shows a limit as one, beside the baselines of changes",
          "[run][gate]") {
  const GateState state = state_with({{"mrr", {0.3, 0.31, 0.29}}});
  const std::string text = rendered(
      "markdown",
      report_by("[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.5\nat_least = 0.1\nat_most = 0.9\n",
                state, state));
  CHECK_THAT(text, Contains("| basic / MRR | pass | 0.3 | 0.3 |") &&
                       Contains("| basic / MRR (limit) | pass | at least 0.1 | 0.3 |") &&
                       Contains("| basic / MRR (limit) | pass | at most 0.9 | 0.3 |"));
}

TEST_CASE("Names from a record do nothing in the outputs of a gate", "[run][gate]") {
  const std::string name = "]]>\"<b>&\n::error::x%0A@all`|[x](http://y){0}\x01\x1b[31m\xE2\x80\xAE";
  const GateReport report = report_of(name);
  CHECK(json::parse(rendered("json", report))["findings"][0]["attribute"] == name);
  const json sarif = json::parse(rendered("sarif", report))["runs"][0]["results"][0];
  CHECK_THAT(sarif["message"]["text"].get<std::string>(),
             !Contains("](") && Contains("{{0}}") && Contains("\\x0a"));
  CHECK_THAT(sarif["ruleId"].get<std::string>(), !Contains("\n") && !Contains("\x1b"));
  const std::string junit = rendered("junit", report);
  CHECK_THAT(junit, !Contains("<b>") && !Contains("\x01") && Contains("&lt;b&gt;"));
  const std::string annotations = rendered("github", report);
  // Only our own lines begin with a command.
  for (std::size_t at = annotations.find('\n'); at + 1 < annotations.size();
       at = annotations.find('\n', at + 1)) {
    CHECK((annotations.compare(at + 1, 8, "::error ") == 0 ||
           annotations.compare(at + 1, 10, "::warning ") == 0));
  }
  CHECK_THAT(annotations, Contains("\\x0a") && Contains("%250A"));
  CHECK_THAT(rendered("markdown", report),
             !Contains("<b>") && !Contains("@all") && !Contains("http://"));
  CHECK_THAT(rendered("openmetrics", report), Contains("\\\"") && Contains("\\\\x0a"));
  for (const GateOutput* output : gate_outputs()) {
    // Programs get names as they are.
    if (output->id == "json") continue;
    CAPTURE(output->id);
    CHECK_THAT(output->render(report), !Contains("\x1b") && !Contains("\xE2\x80\xAE"));
  }
}

TEST_CASE("A place in the outputs is a path from the root of a repository and a reference in SARIF",
          "[run][gate]") {
  CHECK(file_and_line("./ci/../kgaudit.toml:12") ==
        std::pair<std::string, std::uint64_t>("kgaudit.toml", 12));
  CHECK(file_and_line("b.json") == std::pair<std::string, std::uint64_t>("b.json", 1));
  GateReport report = report_of("gender");
  const auto uri_of = [&](const std::string& place) {
    report.result.findings[0].place = place;
    const json log = json::parse(rendered("sarif", report));
    return log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
              ["uri"]
                  .get<std::string>();
  };
  CHECK(uri_of("./a b/k\xC3\xA9#?:%.toml:3") == "a%20b/k%C3%A9%23%3F%3A%25.toml");
  CHECK(uri_of("/a/kgaudit.toml:3") == "file:///a/kgaudit.toml");
  // What is held against a record or one of its rows has no file of a baseline to point at.
  const GateState before = state_with({{"mrr", {0.3, 0.31}}});
  GateState elsewhere = before;
  elsewhere.dataset = "other";
  GateReport broken = report_by("[[gate.rule]]\nfigure = \"mrr\"\nmargin = 1\n", before, elsewhere);
  broken.baseline = "runs/old";
  CHECK(json::parse(rendered("gitlab", broken))[0]["location"]["path"] == "kgaudit.toml");
}

TEST_CASE("No two lines of the metrics have the same labels, also where names only look alike",
          "[run][gate]") {
  const std::vector<OfFigure> figures = {{"score_gap", {1.0, 1.1}, "a\x01"},
                                         {"score_gap", {2.0, 2.1}, "a\\x01"}};
  const std::string text =
      rendered("openmetrics", report_by("[[gate.rule]]\nfigure = \"score_gap\"\nmargin = 1\n",
                                        state_with(figures), state_with(figures)));
  std::set<std::string> labels;
  for (std::size_t at = text.find("kgaudit_figure{"); at != std::string::npos;
       at = text.find("kgaudit_figure{", at + 1)) {
    CHECK(labels.insert(text.substr(at, text.find('}', at) - at)).second);
  }
  CHECK(labels.size() == 1);
}

TEST_CASE("A gate that only reports fails nothing in any output, and says so", "[run][gate]") {
  GateReport report = report_of("gender");
  report.report_only = true;
  report.strict = true;
  const std::string junit = rendered("junit", report);
  CHECK_THAT(junit, Contains(R"(tests="3" failures="0" errors="0")") && !Contains("<failure") &&
                        Contains("skipped message=\"regression: row0 / gender"));
  CHECK_THAT(junit,
             Contains("name=\"report_only\" value=\"Report only: ends with 0 in place of 1."));
  CHECK_THAT(rendered("github", report),
             !Contains("::error") && Contains("::warning file=kgaudit.toml") &&
                 Contains("::notice title=kgaudit gate::Report only: ends with 0"));
  CHECK_THAT(rendered("markdown", report), Contains("\nReport only: ends with 0 in place of 1.\n"));
  const json sarif = json::parse(rendered("sarif", report));
  for (const json& result : sarif["runs"][0]["results"]) CHECK(result["level"] == "warning");
  const json gitlab = json::parse(rendered("gitlab", report));
  for (const json& issue : gitlab) CHECK(issue["severity"] == "minor");
  // The verdict itself stays what it is.
  CHECK(json::parse(rendered("json", report))["exit_code"] == 1);
  CHECK(json::parse(rendered("badge", report))["message"] == "regression");

  const GateState before = state_with({{"mrr", {0.3, 0.31}}});
  GateState elsewhere = before;
  elsewhere.dataset = "other";
  GateReport broken = report_by("[[gate.rule]]\nfigure = \"mrr\"\nmargin = 1\n", before, elsewhere);
  broken.report_only = true;
  CHECK_THAT(rendered("junit", broken), Contains(R"(tests="1" failures="0" errors="0")") &&
                                            !Contains("<error") && Contains(R"(skipped="1")") &&
                                            Contains("<skipped message=\"not comparable: "));
  CHECK_THAT(rendered("github", broken), Contains("::warning title=kgaudit gate::Not comparable"));
  CHECK(json::parse(rendered("gitlab", broken))[0]["severity"] == "minor");

  // What passed needs no such words.
  GateReport passed = report_by("[[gate.rule]]\nfigure = \"mrr\"\nmargin = 1\n", before, before);
  passed.report_only = true;
  CHECK_THAT(rendered("markdown", passed), !Contains("Report only"));
  CHECK_THAT(rendered("junit", passed), !Contains("report_only"));
}

TEST_CASE("GitHub is given no more than ten annotations of a kind", "[run][gate]") {
  const GateState before = state_with({{"mrr", {0.3, 0.31}}});
  std::string rules;
  for (int i = 0; i < 12; ++i) rules += "[[gate.rule]]\nfigure = \"mrr\"\nmargin = 0.01\n";
  // Nothing was measured: one annotation says so, the others name what is missing.
  const std::string text = rendered("github", report_by(rules, before, state_with({})));
  CHECK(std::count(text.begin(), text.end(), '\n') == 10);
  CHECK_THAT(text, Contains("Nothing was measured") && Contains("::4 more"));
}

TEST_CASE("A comment of many findings stays under 60,000 characters and says what it leaves out",
          "[run][gate]") {
  const std::string text = rendered("markdown", report_of("gender", 600));
  CHECK(text.size() < 60'000);
  CHECK(text.starts_with("<!-- kgaudit-gate -->\n"));
  CHECK_THAT(text, Contains("1180 more") && Contains("too long for a comment"));
  const std::string annotations = rendered("github", report_of("gender", 600));
  CHECK_THAT(annotations, Contains("::error title=kgaudit gate::591 more"));
}

TEST_CASE("Exit codes of a gate follow its verdict", "[run][gate]") {
  GateResult result;
  result.anything_measured = true;
  CHECK(gate_code(result, false) == ExitCode::kPass);
  result.verdict = GateVerdict::kInconclusive;
  CHECK(gate_code(result, false) == ExitCode::kInconclusive);
  CHECK(gate_code(result, true) == ExitCode::kRegression);
  result.verdict = GateVerdict::kRegression;
  CHECK(gate_code(result, false) == ExitCode::kRegression);
  result.anything_measured = false;
  CHECK(gate_code(result, false) == ExitCode::kNothingMeasured);
  result.reasons = {"other data"};
  CHECK(gate_code(result, false) == ExitCode::kNotComparable);
}

TEST_CASE("The published schema of gate.json has every key that is written, and no other",
          "[run][gate]") {
  const json schema = json::parse(read_file(source_file("docs/schemas/gate-check.schema.json")));
  const json written = json::parse(rendered("json", report_of("gender")));
  const auto keys_of = [](const json& object) {
    std::set<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.insert(key);
    return keys;
  };
  const auto required_of = [](const json& object) {
    return object["required"].get<std::set<std::string>>();
  };
  CHECK(keys_of(written) == keys_of(schema["properties"]));
  CHECK(keys_of(written) == required_of(schema));
  const json& finding = schema["$defs"]["finding"];
  CHECK(keys_of(written["findings"][0]) == keys_of(finding["properties"]));
  CHECK(keys_of(written["findings"][0]) == required_of(finding));
}
