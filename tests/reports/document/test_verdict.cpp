#include "reports/document/report_document.hpp"

#include <algorithm>

#include "reports/record/fact_names.hpp"
#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::fact;

namespace {

using Named = std::map<std::string, std::string>;

/// The record of an audit without facts. `dataset` is the table of its plan.
RunRecord audit_of(const std::string& dataset) {
  RunRecord record;
  record.run.dataset = "vectors.npy";
  record.run.plan = R"({"tables": {"audit": {}, "dataset": )" + dataset + "}}";
  record.run.labels["audit"] = "vectors.npy";
  record.run.settings = {{"embedding", "vectors.npy"}};
  record.run.data_files["people.csv"] = std::string(64, 'a');
  return record;
}

RunRecord audit_of_people() { return audit_of(R"({"id": "", "triples": "", "card": ""})"); }

void add(RunRecord& record, const char* metric, Named facets, double value,
         Direction direction = Direction::kNearer) {
  facets["attribute"] = "gender";
  record.measurements.push_back(fact("audit", 0, metric, std::move(facets), value, direction));
}

void add_leakage(RunRecord& record, double auc, double values = 2) {
  add(record, "leakage.strongest", {{"persons", "stated"}, {"release", "rows"}}, auc);
  add(record, "leakage.classes", {{"persons", "stated"}}, values, Direction::kDescriptive);
  for (const auto& [probe, share] : {std::pair("linear", 0.75), std::pair("rbf", 0.25)}) {
    add(record, "leakage.is_strongest",
        {{"persons", "stated"}, {"release", "rows"}, {"probe", probe}}, share,
        Direction::kDescriptive);
  }
}

/// The sentence about gender.
std::string about_gender(const RunRecord& record) {
  for (const std::string& sentence : audit_verdict(record)) {
    if (sentence.starts_with("gender.")) return sentence;
  }
  return "";
}

std::string text_of(const std::vector<Block>& blocks) {
  std::string text;
  for (const Block& block : blocks) {
    if (const auto* paragraph = std::get_if<Paragraph>(&block))
      text += plain_text(paragraph->spans);
    if (const auto* list = std::get_if<ItemList>(&block)) {
      for (const Spans& item : list->items) text += plain_text(item) + "\n";
    }
  }
  return text;
}

}  // namespace

TEST_CASE("A verdict says what was measured of groups' rows, with the figures of the record",
          "[reports][audit_verdict]") {
  RunRecord record = audit_of_people();
  add(record, "group_distance.explained", {}, 0.125);
  add(record, "group_distance.explained_p_value", {}, 0.005);
  add(record, "group_distance.separation", {{"group", "female"}}, 0.5);
  add(record, "group_distance.separation", {{"group", "other"}}, -0.75);
  CHECK_THAT(about_gender(record),
             Contains("Between groups lies a share of 0.125 (neutral 0; p 0.005; n 100) of the "
                      "spread of rows.") &&
                 Contains("Furthest from the others lies other, with separation -0.750"));
  record = audit_of_people();
  add(record, "projection.gap", {{"group", "female"}}, 1.25);
  CHECK_THAT(about_gender(record), Contains("female and the others stand 1.250 (neutral 0; n 100) "
                                            "deviations apart"));
  record = audit_of_people();
  add(record, "neighbour_share.macro", {}, -0.25);
  CHECK_THAT(about_gender(record),
             Contains("of a person's own group more rarely than by chance, by -0.250"));
  record = audit_of_people();
  add(record, "word_association.weat", {{"group", "female"}}, -0.5);
  add(record, "word_association.profession_spearman", {{"group", "female"}}, 0.375);
  CHECK_THAT(about_gender(record),
             Contains("female lies nearer to the second than the others do: -0.500") &&
                 Contains("those in which female is common: rank correlation 0.375"));
  CHECK_THAT(audit_verdict(record).back(), Contains("of rows alone"));
  // What has no sentence is named, and nothing at all is said to be nothing.
  record = audit_of_people();
  add(record, "parity.dpd", {}, 0.25);
  CHECK_THAT(audit_verdict(record).back(),
             Contains("no sentences about what was measured: parity"));
  CHECK(audit_verdict(audit_of_people()).back() == "No sensitive attribute could be measured.");
}

TEST_CASE("A verdict names the strongest probe and the values it tells apart, and below .5 nothing",
          "[reports][audit_verdict]") {
  RunRecord record = audit_of_people();
  add_leakage(record, 0.75);
  add(record, "neighbour_share.share", {{"group", "female"}}, 0.5);
  add(record, "neighbour_share.share", {{"group", "male"}}, 0.5);
  CHECK_THAT(about_gender(record), Contains("Rows tell it clearly") &&
                                       Contains("the strongest probe (linear) tells female from "
                                                "male with AUC 0.750"));
  record = audit_of_people();
  add_leakage(record, 0.445);
  CHECK_THAT(
      about_gender(record),
      Contains("Rows do not tell it") && !Contains("weakly") &&
          Contains("tells who has one of two values from who has the other with AUC 0.445") &&
          Contains("no better than a guess"));
  record = audit_of_people();
  add_leakage(record, 0.5625, 5);
  CHECK_THAT(about_gender(record), Contains("Rows tell it weakly") &&
                                       Contains("tells who has a value from who has another"));
}

TEST_CASE("Of persons whose value train does not state a verdict claims no more than it knows",
          "[reports][audit_verdict]") {
  RunRecord record = audit_of(R"({"id": "fb13", "triples": "", "card": ""})");
  add_leakage(record, 0.75);
  add(record, "leakage.strongest", {{"persons", "held_out"}, {"release", "rows"}}, 0.625);
  CHECK_THAT(about_gender(record),
             Contains("Of persons whose value is stated only in valid or test it is AUC 0.625"));
  record.findings.push_back({"note", "own_run", "vectors.npy", "The files say so."});
  CHECK_THAT(about_gender(record),
             Contains("Of persons whose value was hidden from training it is AUC 0.625"));
}

TEST_CASE("A verdict has the caveats of an attribute in a few words, with their counts",
          "[reports][audit_verdict]") {
  RunRecord record = audit_of_people();
  add_leakage(record, 0.75);
  const auto note = [&](const char* check, const char* message, const char* subject = "gender") {
    record.findings.push_back({"note", check, subject, message});
  };
  note("several_values", "12: Persons of the people file with several values; a measure ...");
  note("unknown_values", "1,107: Persons of the people file without a value; of these, 3 by ...");
  note("values_alike", "2: Values that look alike: 'Male' and 'male'.");
  note("placeholder_values", "7: Values of gender that persons have and that look like ...");
  note("numbers_in_bins", "40: Numbers were put into bins, cut at 1930, 1960 (quartiles).");
  note("several_values", "99: Persons of the people file with several values", "religion");
  note("matched_people", "Of the people, 3 of 4 names have a row");
  const std::string text = about_gender(record);
  CHECK_THAT(text, Contains("Caveats:") && Contains("Persons with several values: 12;") &&
                       Contains("Persons without a known value: 1,107.") &&
                       Contains("different groups: 2 (") && Contains("word for unknown: 7;"));
  CHECK_THAT(text, Contains("Numbers were put into bins, cut at 1930, 1960 (quartiles).") &&
                       !Contains("99") && !Contains("3 of 4"));
}

TEST_CASE("A report on rows and a file about people says nothing of rankings, score gaps and times",
          "[reports][audit_verdict]") {
  RunRecord record = audit_of_people();
  add_leakage(record, 0.75);
  CHECK(of_people_alone(record));
  CHECK_FALSE(of_people_alone(audit_of(R"({"id": "fb13", "triples": "", "card": ""})")));
  CHECK_FALSE(of_people_alone(audit_of(R"({"id": "", "triples": "graph", "card": ""})")));
  const std::string text = text_of(methods(record)) + text_of(audit_statement(record));
  CHECK_THAT(text, Contains("those of a file about people") && Contains("people.csv") &&
                       Contains("was trained elsewhere"));
  for (const char* absent : {"Ranking is filtered", "Score gaps", "score gap", "Times hold",
                             "times are medians", "The data set is", "compare systems"}) {
    CHECK_THAT(text, !Contains(absent));
  }
  // With a score relations were asked.
  RunRecord asked = audit_of(R"({"id": "fb13", "triples": "", "card": ""})");
  asked.run.settings.emplace_back("score", "transe-l1");
  const std::string of_asked = text_of(methods(asked)) + text_of(audit_statement(asked));
  CHECK_THAT(of_asked, Contains("Ranking is filtered") &&
                           Contains("Score gaps are in score units") && !Contains("Times hold"));
}

TEST_CASE("The first table of rows alone has what the strongest probe reads, accuracies on request",
          "[reports][audit_verdict]") {
  RunRecord record = audit_of_people();
  add_leakage(record, 0.75);
  add(record, "leakage.strongest_excess_balanced_accuracy",
      {{"persons", "stated"}, {"release", "rows"}}, 0.25);
  add(record, "leakage.accuracy", {{"persons", "stated"}, {"probe", "linear"}}, 0.875,
      Direction::kLower);
  const std::string table = render_markdown(comparison_table(record), 0);
  CHECK_THAT(table, Contains("leakage, AUC") && Contains("0.750") && !Contains("0.875") &&
                        !Contains("seen persons"));
  const std::string all = render_markdown(comparison_table(record, Spread::kSd, true), 0);
  CHECK_THAT(all, Contains("0.875") && Contains("25.0"));
  // Without a probe, what groups' rows have to themselves.
  record = audit_of_people();
  add(record, "group_distance.explained", {}, 0.125);
  add(record, "neighbour_share.macro", {}, 0.25);
  CHECK_THAT(render_markdown(comparison_table(record), 0),
             Contains("spread between groups") && Contains("0.125") &&
                 Contains("nearest neighbours, lift") && Contains("0.250"));
}
