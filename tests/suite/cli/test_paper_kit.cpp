#include "suite/cli/paper_kit.hpp"

#include <array>
#include <span>
#include <string>

#include "tests/test_support.hpp"

namespace kgaudit::cli {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

reports::RunRecord run_for_a_paper() {
  reports::RunRecord record;
  record.run.dataset = "fb15k-237";
  record.run.settings = {{"score", "transe-dot"},
                         {"dimension", "8"},
                         {"epochs", "3"},
                         {"loss", "softmax"},
                         {"optimizer", "adagrad"}};
  record.run.build = {{"version", "0.1.0"}};
  record.run.machine = {{"cpu", "Test CPU"}, {"processors", "2"}};
  return record;
}

void measured(reports::RunRecord& record, std::string system, std::string metric,
              reports::Facets facets, Measurement measurement) {
  reports::MeasurementLine line;
  line.system = std::move(system);
  line.metric = std::move(metric);
  line.facets = std::move(facets);
  line.measurement = std::move(measurement);
  record.measurements.push_back(std::move(line));
}

Measurement half() { return Measurement::of(0.5, 100, "", Direction::kDescriptive); }
Measurement no_value() { return Measurement::undefined("too few", 1, "", Direction::kDescriptive); }

std::string methods_of(const reports::RunRecord& record) { return paper_kit({&record, 1}).methods; }

TEST_CASE("No word of a record is a command of TeX in the methods for a paper", "[cli][report]") {
  const std::string command = "\\input{/etc/passwd} \\immediate\\write18{id} %";
  reports::RunRecord record = run_for_a_paper();
  for (auto& [name, value] : record.run.settings) value = command;
  record.run.dataset = command;
  record.run.build["version"] = command;
  record.run.machine = {{"cpu", command}, {"processors", command}};
  measured(record, command, "time.seconds_per_epoch", {}, half());
  measured(record, command, "link_prediction.mrr", {}, half());
  measured(record, "other", "significance.p_adjusted",
           {{"reference", command}, {"test", command}, {"correction", command}, {"alpha", command}},
           half());
  const PaperKit kit = paper_kit({&record, 1});
  CHECK_THAT(kit.methods, Contains("with \\textbackslash{}input\\{") &&
                              Contains("at most \\textbackslash{}input\\{"));
  CHECK_THAT(kit.methods.substr(kit.methods.find('\n')),
             !Contains("\\input{") && !Contains("\\immediate") && !Contains("\\write18"));
  CHECK_THAT(kit.references, !Contains("passwd"));

  record.run.dataset = "\xE6\x97\xA5";
  CHECK_THAT(methods_of(record),
             Contains("\\kgauditchar{65E5}") && Contains("\\providecommand{\\kgauditchar}"));
}

TEST_CASE("The methods for a paper claim nothing that was not done", "[cli][report]") {
  reports::RunRecord record = run_for_a_paper();
  const reports::Facets adjusted = {{"reference", "basic"},
                                    {"test", "sign flips over seeds"},
                                    {"correction", "Holm over 7"},
                                    {"alpha", "0.1"}};
  for (const char* metric : {"link_prediction.mrr", "question.auc_micro", "leakage.strongest",
                             "time.seconds_per_epoch"}) {
    measured(record, "basic", metric, {{"persons", "held_out"}}, no_value());
  }
  measured(record, "kl", "significance.p_adjusted", adjusted, no_value());
  CHECK_THAT(methods_of(record), !Contains("Quality is") && !Contains("Question AUC") &&
                                     !Contains("Leakage AUC") && !Contains("counts as shown") &&
                                     !Contains("Times were"));

  for (const char* system : {"basic", "kl"}) {
    measured(record, system, "link_prediction.mrr", {{"set", "all"}}, half());
    measured(record, system, "time.seconds_per_epoch", {}, half());
  }
  measured(record, "basic", "leakage.strongest", {{"persons", "stated"}}, half());
  measured(record, "leace", "time.own_step", {{"trained_by", "basic"}}, half());
  measured(record, "leace", "link_prediction.mrr", {{"set", "all"}}, half());
  measured(record, "kl", "significance.p_adjusted", adjusted, half());
  const std::string text = methods_of(record);
  CHECK_THAT(text, Contains("Quality is the filtered mean reciprocal rank") &&
                       !Contains("without triples of sensitive"));
  CHECK_THAT(text, Contains("was not hidden from training"));
  CHECK_THAT(text, Contains("A difference from basic counts as shown at an adjusted p $\\leq$ "
                            "0.\\allowbreak{}1 (sign flips over seeds; Holm over 7)"));
  CHECK_THAT(text, Contains("Times were measured on one machine (Test CPU; processors: 2), systems "
                            "taking turns"));
  CHECK_THAT(text, Contains("One training serves LEACE"));
}

TEST_CASE("A method of ours is cited as ours, with what it builds on", "[cli][report]") {
  reports::RunRecord record = run_for_a_paper();
  measured(record, "basic", "link_prediction.mrr", {{"set", "all"}}, half());
  measured(record, "kl", "link_prediction.mrr", {{"set", "all"}}, half());
  CHECK_THAT(methods_of(record), !Contains("authors of kgaudit"));
  measured(record, "neutral", "link_prediction.mrr", {{"set", "all"}}, half());
  CHECK_THAT(
      methods_of(record),
      Contains("KL~\\cite{fisher2020}") &&
          Contains("Neutral~\\cite{kgaudit} (which builds on~\\cite{fisher2020,") &&
          Contains(" Neutral is a method of the authors of kgaudit. They chose its defaults") &&
          Contains("about thirty earlier trials, which shaped it, were judged on test triples"));
  measured(record, "neutral+attr", "link_prediction.mrr", {{"set", "all"}}, half());
  CHECK_THAT(methods_of(record),
             Contains(" Neutral and Neutral+Attr are methods of the authors of kgaudit"));
}

TEST_CASE("The version that measured is cited, and it is the one of the bibliography",
          "[cli][report]") {
  reports::RunRecord record = run_for_a_paper();
  record.run.build["version"] = "7.8.9";
  measured(record, "basic", "link_prediction.mrr", {{"set", "all"}}, half());
  const PaperKit kit = paper_kit({&record, 1});
  CHECK_THAT(kit.methods,
             Contains("with kgaudit 7.\\allowbreak{}8.\\allowbreak{}9~\\cite{kgaudit}"));
  CHECK_THAT(kit.references, Contains("  version   = {7.8.9},\n"));
}

TEST_CASE("Systems with weights of the preset are named, with the preset", "[cli][report]") {
  reports::RunRecord record = run_for_a_paper();
  for (const char* system : {"basic", "kl", "bose", "leace"}) {
    measured(record, system, "link_prediction.mrr", {{"set", "all"}}, half());
  }
  CHECK_THAT(methods_of(record), !Contains("searched"));
  record.run.plan = R"({"preset":"fb15k-237-dot"})";
  CHECK_THAT(methods_of(record),
             Contains(" KL and Bose ran with weights that the authors of kgaudit searched (preset "
                      "fb15k-{}237-{}dot), not with published or default ones."));
  record.run.plan = R"({"preset":"fb15k-237"})";
  CHECK_THAT(methods_of(record), !Contains("searched"));
  record.run.plan = R"({"preset":"of somebody else's"})";
  CHECK_THAT(methods_of(record), !Contains("searched"));
}

TEST_CASE("The methods of an audit train nothing and measure no time", "[cli][report]") {
  reports::RunRecord record = run_for_a_paper();
  record.run.plan = R"({"tables":{"audit":{}}})";
  record.run.settings = {{"embedding", "rows_1.npy"}, {"score", "DistMult"}, {"dimension", "8"}};
  measured(record, "audit", "leakage.strongest", {{"persons", "stated"}}, half());
  measured(record, "leace", "leakage.strongest", {{"persons", "stated"}}, half());
  const std::string text = methods_of(record);
  CHECK_THAT(text, Contains("We audit the embedding rows\\_\\allowbreak{}1"));
  CHECK_THAT(text, Contains("previews, made from its rows: "));
  CHECK_THAT(text, !Contains("We compare") && !Contains("All systems are trained") &&
                       !Contains("Times were measured"));
}

TEST_CASE("The methods of several records are a paragraph for each", "[cli][report]") {
  std::array<reports::RunRecord, 2> records = {run_for_a_paper(), run_for_a_paper()};
  records[1].run.dataset = "another";
  const std::string text = paper_kit(records).methods;
  CHECK_THAT(text, Contains("\nRun 1. We compare ") && Contains("\n\nRun 2. We compare ") &&
                       Contains(" on another with kgaudit"));
  CHECK_THAT(methods_of(records[0]), !Contains("Run 1"));
}

}  // namespace
}  // namespace kgaudit::cli
