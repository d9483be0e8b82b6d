#include <map>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "reports/document/report_document.hpp"
#include "reports/document/statement_json.hpp"
#include "reports/record/fact_names.hpp"
#include "tests/reports/example_record.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using namespace kgaudit::reports::tests;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// What one row has in every seed.
struct RowValues {
  std::string system;
  double mrr;
  double gender;    ///< AUC of the answers
  double religion;  ///< likewise
  double leakage = 0.9;
};

RunRecord record_of(const std::vector<RowValues>& rows, std::uint64_t seeds) {
  RunRecord record;
  record.run = example_record().run;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    for (const RowValues& row : rows) {
      const auto add = [&](const FactName& name, const std::string& attribute, double value) {
        record.measurements.push_back(fact(row.system, seed, std::string(name.metric),
                                           name.all_facets(attribute), value,
                                           Direction::kDescriptive));
      };
      add(kMrrWithoutSensitive, "", row.mrr);
      add(kQuestionAuc, "gender", row.gender);
      add(kQuestionAuc, "religion", row.religion);
      add(kStrongestAuc, "gender", row.leakage);
      record.done.push_back({row.system, seed});
    }
  }
  return record;
}

void add_test(RunRecord& record, const std::string& system, double p, double seeds_needed) {
  const std::map<std::string, std::string> facets = {{"alpha", "0.05"},
                                                     {"metric", "link_prediction.mrr"},
                                                     {"reference", "basic"},
                                                     {"set", "without_sensitive"},
                                                     {"test", "paired t over seeds"},
                                                     {"correction", "Holm"}};
  record.measurements.push_back(
      fact(system, 0, "significance.p_adjusted", facets, p, Direction::kDescriptive));
  record.measurements.push_back(
      fact(system, 0, "significance.seeds_needed", facets, seeds_needed, Direction::kLower));
}

}  // namespace

TEST_CASE("The verdict names who has the least bias and who may be shipped, and how sure that is",
          "[reports]") {
  // Bias: basic (.3 + .2) / 2 = .25; hidden .05; kept .15.
  RunRecord record = record_of(
      {{"basic", 0.30, 0.80, 0.70}, {"hidden", 0.15, 0.55, 0.55, 0.6}, {"kept", 0.291, 0.70, 0.40}},
      2);
  add_test(record, "hidden", 0.01, 2);
  add_test(record, "kept", 0.2, 7);
  const std::vector<std::string> sentences = comparison_verdict(record);
  REQUIRE(sentences.size() == 5);
  CHECK_THAT(
      sentences[0],
      StartsWith("In short: of 2 rows beside basic that keep at least 50 % of its quality, hidden "
                 "has the least bias in its answers: 80.0 % less than basic (not tested), with "
                 "50.0 % of basic's quality (a difference that is shown). Of those that keep at "
                 "least 95 %, kept has the least bias: 40.0 % less than basic (not tested), with "
                 "97.0 % of basic's quality (a difference that is not shown)."));
  CHECK_THAT(sentences[1], StartsWith("How sure: 2 seeds.") && Contains("Holm") &&
                               Contains("Not shown: quality of kept; from so few seeds nobody can "
                                        "tell how many would do."));
  RunRecord four = record_of(
      {{"basic", 0.30, 0.80, 0.70}, {"hidden", 0.15, 0.55, 0.55, 0.6}, {"kept", 0.291, 0.70, 0.40}},
      4);
  add_test(four, "kept", 0.2, 7);
  CHECK_THAT(comparison_verdict(four)[1],
             Contains("Not shown: quality of kept (about 7 seeds would do)."));
  CHECK(
      sentences[2] ==
      "hidden: quality 50.0 % of basic's (MRR 0.150* against 0.300); bias in its answers: gender "
      "-83 %, religion -75 %; AUC of the strongest probe on hidden persons (basic's in brackets): "
      "gender 0.600 (0.900).");
  // An AUC below .5 is as far from a guess as one above it.
  CHECK_THAT(sentences[3], Contains("MRR 0.291 against") && Contains("religion -50 %"));
  CHECK(verdict(record) == sentences);
}

TEST_CASE("The verdict says whether a loss of quality is excluded, where none is plain",
          "[reports]") {
  const auto sentence_with = [](double p, double mrr) {
    RunRecord record = record_of({{"basic", 0.30, 0.80, 0.70}, {"kept", mrr, 0.70, 0.40}}, 6);
    add_test(record, "kept", 0.2, 7);
    record.measurements.push_back(fact("kept", 0, "significance.non_inferiority",
                                       {{"alpha", "0.05"},
                                        {"margin", "3 % of the reference's MRR"},
                                        {"metric", "link_prediction.mrr"},
                                        {"reference", "basic"},
                                        {"set", "without_sensitive"}},
                                       p, Direction::kDescriptive));
    return comparison_verdict(record)[2];
  };
  CHECK_THAT(sentence_with(0.05, 0.297),
             Contains("(MRR 0.297 against 0.300; a loss of 3 % or more is excluded)"));
  CHECK_THAT(sentence_with(0.051, 0.297),
             Contains("(MRR 0.297 against 0.300; a loss of 3 % or more is not excluded)"));
  CHECK_THAT(sentence_with(0.9, 0.15), Contains("(MRR 0.150 against 0.300)"));
}

TEST_CASE("The verdict says what is left of a success for persons whose value was hidden",
          "[reports]") {
  RunRecord record =
      record_of({{"basic", 0.30, 0.80, 0.70, 0.60}, {"kept", 0.30, 0.60, 0.60, 0.65}}, 1);
  for (const auto& [system, auc] : {std::pair{"basic", 0.60}, std::pair{"kept", 0.59}}) {
    for (const char* attribute : {"gender", "religion"}) {
      record.measurements.push_back(fact(system, 0, std::string(kHeldOutQuestionAuc.metric),
                                         kHeldOutQuestionAuc.all_facets(attribute), auc,
                                         Direction::kDescriptive));
    }
    record.measurements.push_back(fact(system, 0, std::string(kStrongestAuc.metric),
                                       kStrongestAuc.all_facets("religion"), 0.5,
                                       Direction::kDescriptive));
  }
  CHECK_THAT(
      comparison_verdict(record)[0],
      Contains("kept has the least bias in its answers: 60.0 % less than basic, with") &&
          Contains("For persons whose value was hidden from kept, the distance of the AUC from a "
                   "guess is 10.0 % less for its answers and 50.0 % more for the strongest "
                   "probe."));
}

TEST_CASE("One filter at a time is no release that the verdict names, nor the best of a column",
          "[reports]") {
  RunRecord record = record_of({{"basic", 0.30, 0.80, 0.70}, {"bose", 0.30, 0.50, 0.50}}, 1);
  for (MeasurementLine& line : record.measurements) {
    if (line.system == "bose") line.view = "s";
  }
  const std::vector<std::string> sentences = comparison_verdict(record);
  CHECK_THAT(sentences.front(), StartsWith("How sure"));
  CHECK_THAT(sentences[1],
             StartsWith("bose [s] (a release for each attribute; quality is their mean): "));
}

TEST_CASE("The verdict says when bias rose, when nothing is better and when one seed shows nothing",
          "[reports]") {
  const std::vector<std::string> worse =
      comparison_verdict(record_of({{"basic", 0.30, 0.80, 0.70}, {"kl", 0.30, 0.86, 0.70}}, 1));
  REQUIRE(worse.size() == 4);
  CHECK_THAT(worse[0],
             StartsWith("In short: No system lowers bias. Of 1 row beside basic, kl comes "
                        "nearest: 12.0 % more than basic, with 100.0 % of basic's "
                        "quality."));
  CHECK_THAT(worse[1], StartsWith("How sure: one seed."));
  CHECK_THAT(worse[2], Contains("gender +20 % (more), religion unchanged"));
  const std::vector<std::string> lost =
      comparison_verdict(record_of({{"basic", 0.30, 0.80, 0.70}, {"kl", 0.20, 0.6, 0.6}}, 2));
  CHECK_THAT(lost[0], Contains("No row keeps 95 %."));
  CHECK(lost[1] == "How sure: 2 seeds; nothing was tested.");
}

TEST_CASE("The verdict speaks of what can be had, not of quality with vectors and bias without",
          "[reports][releases]") {
  RunRecord record = record_of({{"basic", 0.30, 0.80, 0.70}, {"kl+attr", 0.30, 0.55, 0.55}}, 1);
  const RunRecord rows = record_of({{"kl+attr", 0.25, 0.55, 0.55}}, 1);
  const RunRecord whole = record_of({{"kl+attr", 0.30, 0.99, 0.99}}, 1);
  for (const auto& [part, view] : {std::pair{&rows, "rows"}, std::pair{&whole, "whole"}}) {
    for (MeasurementLine line : part->measurements) {
      line.view = view;
      record.measurements.push_back(std::move(line));
    }
  }
  const std::vector<std::string> sentences = comparison_verdict(record);
  REQUIRE(sentences.size() == 5);
  CHECK_THAT(sentences[0], Contains("of 2 rows beside basic that") &&
                               Contains("kl+attr [rows] has the least bias") &&
                               Contains("with 83.3 % of basic's quality") &&
                               Contains("None of those that keep at least 95 %"));
  CHECK_THAT(sentences[2], StartsWith("kl+attr [rows]: quality 83.3 %"));
  CHECK_THAT(sentences[3], StartsWith("kl+attr [whole]: quality 100.0 %"));
}

TEST_CASE("A row that keeps less than half of the quality is not the one with the least bias",
          "[reports]") {
  const std::vector<std::string> sentences = comparison_verdict(record_of(
      {{"basic", 0.30, 0.80, 0.70}, {"empty", 0.045, 0.50, 0.50}, {"kl", 0.21, 0.60, 0.60}}, 1));
  CHECK_THAT(sentences[0],
             StartsWith("In short: of 1 row beside basic that keeps at least 50 % of its quality, "
                        "kl has the least bias in its answers: 60.0 % less than basic, with 70.0 % "
                        "of basic's quality.") &&
                 Contains(" Left aside: what keeps less than 50 % of the quality, empty (15.0 % "
                          "kept)."));
  CHECK_THAT(comparison_verdict(
                 record_of({{"basic", 0.30, 0.80, 0.70}, {"empty", 0.045, 0.50, 0.50}}, 1))[0],
             StartsWith("In short: no row keeps 50 % of basic's quality. Left aside:"));
}

TEST_CASE("Controls and releases for one attribute each are named as such, and controls come last",
          "[reports]") {
  RunRecord record = record_of({{"basic", 0.30, 0.80, 0.70},
                                {"leace-shuffled", 0.30, 0.50, 0.50},
                                {"bose", 0.30, 0.51, 0.51},
                                {"kl", 0.30, 0.60, 0.60}},
                               1);
  for (MeasurementLine& line : record.measurements) {
    if (line.system == "bose") line.view = "s";
  }
  const std::vector<std::string> sentences = comparison_verdict(record);
  REQUIRE(sentences.size() == 6);
  CHECK_THAT(sentences[0], Contains("of 1 row beside basic that keeps at least 50 %") &&
                               Contains("kl has the least bias") &&
                               Contains(" Left aside: 1 row [s], a release for each attribute; "
                                        "control leace-shuffled."));
  CHECK_THAT(sentences[2], StartsWith("bose [s] (a release for each attribute"));
  CHECK_THAT(sentences[4], StartsWith("leace-shuffled (a control, no remedy): quality 100.0 %"));
}

TEST_CASE("A difference that is shown is seen in the digits", "[reports]") {
  RunRecord record =
      record_of({{"basic", 0.3002, 0.80, 0.70, 0.9954}, {"kl", 0.3004, 0.80, 0.70, 0.9951}}, 2);
  add_test(record, "kl", 0.01, 2);
  record.measurements.push_back(fact("kl", 0, "significance.p_adjusted",
                                     {{"alpha", "0.05"},
                                      {"attribute", "gender"},
                                      {"metric", std::string(kStrongestAuc.metric)},
                                      {"persons", "held_out"},
                                      {"reference", "basic"},
                                      {"test", "paired t over seeds"},
                                      {"correction", "Holm"}},
                                     0.01, Direction::kDescriptive));
  CHECK_THAT(comparison_verdict(record)[2],
             Contains("(MRR 0.3004* against 0.3002)") && Contains("gender 0.9951* (0.9954)"));
}

TEST_CASE("Each figure of the verdict is a statement for programs", "[reports]") {
  const RunRecord record =
      record_of({{"basic", 0.30, 0.80, 0.70}, {"kl", 0.291, 0.70, 0.40, 0.6}}, 1);
  const std::vector<Statement> all = statements(record);
  std::vector<std::string> kinds;
  for (const Statement& statement : all) kinds.push_back(statement.kind);
  CHECK(kinds == std::vector<std::string>{"summary", "certainty", "quality", "answers", "answers",
                                          "leakage", "reading"});
  const std::vector<std::string> sentences = comparison_verdict(record);
  CHECK(all[0].words == sentences[0]);
  CHECK(all.back().words == sentences.back());
  CHECK(all[2].row == "kl");
  CHECK(all[2].value == 0.291);
  CHECK(all[2].reference == 0.30);
  CHECK_FALSE(all[2].neutral);
  CHECK(all[4].attribute == "religion");
  CHECK(all[4].neutral == 0.5);
  CHECK(all[4].words == "kl: bias in its answers: religion -50 %.");
  CHECK(all[5].words ==
        "kl: AUC of the strongest probe on hidden persons (basic's in brackets): gender 0.600 "
        "(0.900).");
  CHECK(statements_json(std::span(all).subspan(4, 1)) ==
        R"([{"kind":"answers","row":"kl","attribute":"religion","value":0.4,"neutral":0.5,)"
        R"("reference":0.7,"words":"kl: bias in its answers: religion -50 %."}])");
  CHECK_THAT(statements_json(std::span(all).first(1)),
             StartsWith(R"([{"kind":"summary","row":null,"attribute":null,"value":null,)"));
}

TEST_CASE("There is no verdict without something to compare", "[reports]") {
  CHECK(comparison_verdict(record_of({{"basic", 0.30, 0.80, 0.70}}, 2)).empty());
  CHECK(
      comparison_verdict(record_of({{"kl", 0.30, 0.8, 0.7}, {"bose", 0.3, 0.8, 0.7}}, 2)).empty());
  // Where Basic has no bias, nobody is said to have less.
  const std::vector<std::string> neutral =
      comparison_verdict(record_of({{"basic", 0.30, 0.50, 0.51}, {"kl", 0.30, 0.52, 0.5}}, 1));
  REQUIRE(neutral.size() == 3);
  CHECK_THAT(neutral[0], StartsWith("How sure"));
  CHECK_THAT(neutral[1], Contains("gender AUC 0.520 (was 0.500)"));
}
