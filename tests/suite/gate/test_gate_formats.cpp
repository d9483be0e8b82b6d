#include <algorithm>
#include <cstdlib>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "models/embedding/foreign/yaml_scalars.hpp"
#include "suite/gate/gate_report.hpp"
#include "tests/suite/gate/gate_states.hpp"
#include "tests/test_support.hpp"

// What can be said of the outputs' formats without anybody's parser; tests/peers asks those.

using namespace kgaudit;
using namespace kgaudit::run;
using namespace kgaudit::tests;
using nlohmann::json;

namespace {

const char* kEveryRule =
    "[[gate.rule]]\nfigure = \"mrr\"\nmargin_share = 0.03\nat_least = 0.1\nat_most = 0.9\n"
    "[[gate.rule]]\nfigure = \"score_gap\"\nmargin_share = 0.2\n";

GateReport report_of_all(const GateState& before, const GateState& now) {
  GateReport report;
  report.result = check_gate(rules_of(kEveryRule), before, now);
  report.code = gate_code(report.result, false);
  report.dataset = now.dataset;
  report.candidate = "runs/today";
  report.baseline = "kgaudit-baseline.json";
  report.rules = "kgaudit.toml";
  report.program = "kgaudit 0.1.0";
  return report;
}

/// Gates of every verdict, one of them on names that look like markup.
std::vector<GateReport> all_reports() {
  const auto state = [](const std::vector<double>& mrr, const std::vector<double>& gap,
                        const std::string& attribute = "gender") {
    return state_with({{"mrr", mrr}, {"score_gap", gap, attribute}});
  };
  const std::string name = "]]>\"'<b>&amp;{0}\\\n# EOF\n\x01\xEF\xBF\xBE\xE2\x80\xAE";
  const GateState good = state({0.300, 0.310, 0.290}, {1.0, 1.01, 0.99});
  GateState other = good;
  other.dataset = name;
  return {report_of_all(good, good),
          report_of_all(good, state({0.200, 0.210, 0.190}, {2.0, 2.01, 1.99})),
          report_of_all(good, state({0.270, 0.330, 0.295}, {1.0, 1.01, 0.98})),
          report_of_all(good, state({}, {})),
          report_of_all(good, state_with({})),
          report_of_all(good, other),
          report_of_all(state({0.3, 0.31, 0.29}, {1.0, 1.01, 0.99}, name),
                        state({0.2, 0.21, 0.19}, {0.9, 1.7, 1.0}, name))};
}

std::string file_of(std::string_view id, const GateReport& report) {
  return find_gate_output(id).render(report);
}

/// Why a value does not fit a schema of JSON Schema's draft 2020-12; empty if it does. A keyword
/// that is not known here is a reason, too: a schema says nothing that nobody checks.
class SchemaCheck {
 public:
  explicit SchemaCheck(const json& schema) : root_(schema) {}
  [[nodiscard]] std::string complaint(const json& value) const {
    return complaint(root_, value, "gate.json");
  }

 private:
  static bool is_of(const json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer() || value.is_number_unsigned();
    return (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
           (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "null" && value.is_null()) || (type == "number" && value.is_number());
  }

  [[nodiscard]] std::string of_object(const json& schema, const json& value,
                                      const std::string& place) const {
    for (const json& key : schema.value("required", json::array())) {
      if (!value.contains(key.get<std::string>())) return place + ": no " + key.dump();
    }
    for (const auto& [key, one] : value.items()) {
      if (!schema["properties"].contains(key)) return place + ": the schema has no '" + key + "'";
      const std::string below = complaint(schema["properties"][key], one, place + "." + key);
      if (!below.empty()) return below;
    }
    return "";
  }

  [[nodiscard]] std::string complaint(const json& schema, const json& value,
                                      const std::string& place) const {
    for (const auto& [keyword, wanted] : schema.items()) {
      bool well = true;
      std::string below;
      if (keyword == "$ref") {
        below = complaint(root_.at(json::json_pointer(wanted.get<std::string>().substr(1))), value,
                          place);
      } else if (keyword == "type") {
        const json types = wanted.is_array() ? wanted : json::array({wanted});
        well = std::any_of(types.begin(), types.end(),
                           [&](const json& type) { return is_of(value, type.get<std::string>()); });
      } else if (keyword == "enum") {
        well = std::find(wanted.begin(), wanted.end(), value) != wanted.end();
      } else if (keyword == "const") {
        well = value == wanted;
      } else if (keyword == "minimum") {
        well = !value.is_number() || value >= wanted;
      } else if (keyword == "maximum") {
        well = !value.is_number() || value <= wanted;
      } else if (keyword == "exclusiveMinimum") {
        well = value > wanted;
      } else if (keyword == "exclusiveMaximum") {
        well = value < wanted;
      } else if (keyword == "pattern") {
        well = std::regex_search(value.get<std::string>(), std::regex(wanted.get<std::string>()));
      } else if (keyword == "properties") {
        below = of_object(schema, value, place);
      } else if (keyword == "additionalProperties") {
        well = wanted == false;
      } else if (keyword == "items") {
        for (std::size_t i = 0; i < value.size() && below.empty(); ++i) {
          below = complaint(wanted, value[i], place + "[" + std::to_string(i) + "]");
        }
      } else if (keyword != "$schema" && keyword != "title" && keyword != "description" &&
                 keyword != "required" && keyword != "$defs") {
        return place + ": the keyword " + keyword + " is not checked";
      }
      if (!below.empty()) return below;
      if (!well) return place + ": " + value.dump() + " does not fit " + keyword;
    }
    if (schema.contains("properties") && schema.value("additionalProperties", true)) {
      return place + ": the schema takes any further key";
    }
    return "";
  }

  const json& root_;
};

/// Value of a label, its escapes resolved; moves `at` behind its closing quote. Nothing if it is no
/// value of OpenMetrics.
std::optional<std::string> label_text(const std::string& line, std::size_t& at) {
  std::string value;
  while (at < line.size()) {
    const char c = line[at++];
    if (c == '"') return value;
    if (c != '\\') {
      value += c;
      continue;
    }
    if (at == line.size()) return std::nullopt;
    const char escaped = line[at++];
    if (escaped != 'n' && escaped != '"' && escaped != '\\') return std::nullopt;
    value += escaped == 'n' ? '\n' : escaped;
  }
  return std::nullopt;
}

/// "name{a="x",b="y"} 1.5": the name, the labels and the number, or nothing if it is no such line.
struct MetricLine {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;
  std::string number;
};
std::optional<MetricLine> metric_line_of(const std::string& line) {
  MetricLine sample;
  std::size_t at = line.find('{');
  if (at == std::string::npos) return std::nullopt;
  sample.name = line.substr(0, at++);
  for (;;) {
    const std::size_t equals = line.find("=\"", at);
    if (equals == std::string::npos) return std::nullopt;
    const std::string label = line.substr(at, equals - at);
    at = equals + 2;
    const auto value = label_text(line, at);
    if (!value || at >= line.size()) return std::nullopt;
    sample.labels.emplace_back(label, *value);
    const char next = line[at++];
    if (next == '}') break;
    if (next != ',') return std::nullopt;
  }
  if (at >= line.size() || line[at] != ' ') return std::nullopt;
  sample.number = line.substr(at + 1);
  return sample;
}

/// Names of the elements that are open at the end of an XML text, "" if it is well formed. Without
/// comments, CDATA and instructions, which our files do not have.
std::string xml_fault(const std::string& text) {
  static const std::regex kElement(R"re((/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(/?))re",
                                   std::regex::optimize);
  static const std::regex kEntity("&(?:lt|gt|amp|quot|#10|#9);");
  std::string rest = std::regex_replace(text, kEntity, "");
  if (rest.find('&') != std::string::npos) return "a bare ampersand";
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (!rest.starts_with(head)) return "no declaration";
  std::vector<std::string> open;
  for (std::size_t at = rest.find('<', head.size()); at != std::string::npos;
       at = rest.find('<', at + 1)) {
    const std::size_t end = rest.find('>', at);
    if (end == std::string::npos) return "an open tag";
    std::smatch parts;
    const std::string inside = rest.substr(at + 1, end - at - 1);
    if (!std::regex_match(inside, parts, kElement)) return "no tag: " + inside;
    if (parts[1].length() > 0) {
      if (open.empty() || open.back() != parts[2].str()) return "closes " + parts[2].str();
      open.pop_back();
      if (open.empty() && rest.substr(end + 1) != "\n") return "text after the root";
    } else if (parts[4].length() == 0) {
      open.push_back(parts[2].str());
    }
  }
  return open.empty() ? "" : "open: " + open.back();
}

}  // namespace

TEST_CASE("gate.json fits its published schema, which knows no other key", "[run][gate]") {
  const json schema = json::parse(read_file(source_file("docs/schemas/gate-check.schema.json")));
  const SchemaCheck check(schema);
  std::set<std::string> verdicts;
  for (const GateReport& report : all_reports()) {
    json gate = json::parse(file_of("json", report));
    verdicts.insert(gate["verdict"].get<std::string>());
    CHECK(check.complaint(gate) == "");
    json more = gate;
    more["news"] = 1;
    CHECK(check.complaint(more) == "gate.json: the schema has no 'news'");
    gate.erase("words");
    CHECK(check.complaint(gate) == "gate.json: no \"words\"");
  }
  CHECK(verdicts == std::set<std::string>{"inconclusive", "not comparable", "pass", "regression"});
}

TEST_CASE("Every line of a gate's metrics is one of OpenMetrics, and none stands twice",
          "[run][gate]") {
  for (const GateReport& report : all_reports()) {
    const std::string text = file_of("openmetrics", report);
    REQUIRE(text.ends_with("\n# EOF\n"));
    std::set<std::string> seen;
    std::string family;
    std::istringstream lines(text.substr(0, text.size() - 6));
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(seen.insert(line.substr(0, line.rfind(' '))).second);
      if (line.starts_with("# TYPE ")) {
        CHECK(line.ends_with(" gauge"));
        family = line.substr(7, line.size() - 13);
        CHECK(std::regex_match(family, std::regex("[a-z_]+")));
      } else if (line.starts_with("# HELP ")) {
        CHECK(line.starts_with("# HELP " + family + " "));
      } else {
        const auto sample = metric_line_of(line);
        REQUIRE(sample.has_value());
        CHECK(sample->name == family);
        CHECK(std::regex_match(sample->number, std::regex(R"(-?\d+(\.\d+)?(e[-+]\d+)?)")));
        REQUIRE_FALSE(sample->labels.empty());
        CHECK(sample->labels[0] ==
              std::pair<std::string, std::string>("dataset", inert_text(report.dataset)));
        if (sample->labels.size() > 1) {
          REQUIRE(sample->labels.size() == 4);
          const auto& findings = report.result.findings;
          CHECK(std::any_of(findings.begin(), findings.end(), [&](const GateFinding& finding) {
            return finding.key.figure == sample->labels[3].second &&
                   inert_text(finding.key.row) == sample->labels[1].second &&
                   inert_text(finding.key.attribute) == sample->labels[2].second;
          }));
        }
      }
    }
  }
}

TEST_CASE("A gate's JUnit file is well formed whatever the names", "[run][gate]") {
  for (const GateReport& report : all_reports()) CHECK(xml_fault(file_of("junit", report)) == "");
  // The check sees what it has to see.
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  CHECK(xml_fault(head + "<a><b></a></b>\n") == "closes a");
  CHECK(xml_fault(head + "<a x=\"<\"/>\n") != "");
  CHECK(xml_fault(head + "<a>&</a>\n") != "");
  CHECK(xml_fault(head + "<a x=\"&lt;\">b</a>\n") == "");
}

TEST_CASE("Results in SARIF name a rule of the file and have a fingerprint of their own",
          "[run][gate]") {
  for (const GateReport& report : all_reports()) {
    const json the_run = json::parse(file_of("sarif", report))["runs"][0];
    std::set<std::string> rules;
    for (const json& rule : the_run["tool"]["driver"]["rules"]) {
      CHECK(rules.insert(rule["id"].get<std::string>()).second);
      for (const char* key : {"shortDescription", "fullDescription", "help"}) {
        CHECK_FALSE(rule[key]["text"].get<std::string>().empty());
      }
    }
    std::set<std::string> fingerprints;
    for (const json& result : the_run["results"]) {
      CHECK(rules.count(result["ruleId"].get<std::string>()) == 1);
      CHECK(fingerprints
                .insert(result["partialFingerprints"]["primaryLocationLineHash"].get<std::string>())
                .second);
    }
  }
}

TEST_CASE("Issues for GitLab have its keys, one of its severities and a fingerprint of their own",
          "[run][gate]") {
  const std::set<std::string> severities = {"info", "minor", "major", "critical", "blocker"};
  for (const GateReport& report : all_reports()) {
    std::set<std::string> fingerprints;
    for (const json& issue : json::parse(file_of("gitlab", report))) {
      CHECK(issue.size() == 5);
      CHECK_FALSE(issue.at("description").get<std::string>().empty());
      CHECK(issue.at("check_name").get<std::string>().starts_with("kgaudit/"));
      CHECK(severities.count(issue.at("severity").get<std::string>()) == 1);
      CHECK(issue.at("location").at("lines").at("begin") >= 1);
      CHECK(fingerprints.insert(issue.at("fingerprint").get<std::string>()).second);
    }
  }
}

TEST_CASE("The script for CI systems writes every output and removes every old one",
          "[run][gate]") {
  const std::string script = read_file(source_file("ci/integrations/gate"));
  std::string all;
  for (const GateOutput* output : gate_outputs()) {
    all += (all.empty() ? "" : ",") + std::string(output->id);
    CAPTURE(output->id);
    CHECK_THAT(script, Catch::Contains("\"$out\"/" + std::string(output->file_name)));
  }
  CHECK_THAT(script, Catch::Contains("--write " + all + "\n"));
}

TEST_CASE("The files for CI systems are YAML and name the gate's own files", "[run][gate]") {
  const auto scalars = [](const std::string& file) {
    return models::read_yaml_scalars(read_file(source_file(file)), file);
  };
  const auto out = [](std::string_view id) {
    return "kgaudit-gate/" + std::string(find_gate_output(id).file_name);
  };
  const auto gitlab = scalars("ci/integrations/gitlab-ci.yml");
  CHECK(gitlab.at("kgaudit gate.artifacts.when") == "always");
  CHECK(gitlab.at("kgaudit gate.artifacts.reports.junit") == out("junit"));
  CHECK(gitlab.at("kgaudit gate.artifacts.reports.codequality") == out("gitlab"));
  CHECK(gitlab.at("kgaudit gate.artifacts.reports.metrics") == out("openmetrics"));
  const auto action = scalars("ci/integrations/github-action.yml");
  CHECK(action.at("runs.using") == "composite");
  CHECK(action.at("runs.steps.0.shell") == "bash");
  CHECK(action.at("inputs.out.default") == "kgaudit-gate");
  // Nothing that somebody types stands in the script itself.
  CHECK_THAT(action.at("runs.steps.0.run"), !Catch::Contains("${{"));
  const auto hook = scalars(".pre-commit-hooks.yaml");
  CHECK(hook.at("0.id") == "kgaudit-gate");
  CHECK(hook.at("0.entry") == "kgaudit gate show --quiet");
}
