#include "reports/document/report_document.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/significance_facts.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports::tests {
namespace {

using Catch::Matchers::Contains;

MeasurementLine adjusted(const char* metric, Facets facets, double p) {
  facets.insert({{"metric", metric},
                 {"reference", "basic"},
                 {"test", "paired t over seeds"},
                 {"correction", "Holm over 2 hypotheses"},
                 {"alpha", "0.05"}});
  return fact("kl+attr", 1, "significance.p_adjusted", std::move(facets), p,
              Direction::kDescriptive);
}

RunRecord tested_record(double p_of_mrr, double p_of_gap) {
  RunRecord record = example_record();
  record.measurements.push_back(adjusted("link_prediction.mrr", {{"set", "all"}}, p_of_mrr));
  record.measurements.push_back(adjusted("score_gap.micro", {{"attribute", "gender"}}, p_of_gap));
  return record;
}

std::string note_of(const RunRecord& record) {
  return SignificanceMarks(record).note(FactIndex(record).systems());
}

std::string mark_of(const Table& table, std::size_t row, const std::string& key) {
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].key != key) continue;
    return std::get<NumberCell>(table.rows.at(row).cells.at(c)).mark;
  }
  FAIL("no column " << key);
  return "";
}

TEST_CASE("A star stands with the difference that holds and with no other",
          "[reports][significance]") {
  const Table table = comparison_table(tested_record(0.05, 0.051));
  // Rows: majority guess, basic, kl+attr.
  CHECK(mark_of(table, 2, "link_prediction.mrr") == "*");
  CHECK(mark_of(table, 2, "score_gap.micro.gender").empty());
  CHECK(mark_of(table, 1, "link_prediction.mrr").empty());
  CHECK_THAT(table.notes.back(),
             Contains("* differs from basic: adjusted p ≤ 0.05 (paired t over seeds; Holm over 2 "
                      "hypotheses)."));
}

TEST_CASE("Every format shows the star and says what it means", "[reports][significance]") {
  const RunRecord record = tested_record(0.01, 0.5);
  const Report report = make_report({&record, 1});
  const std::pair<const char*, const char*> stars[] = {
      {"markdown", "\\*"}, {"latex", "\\textsuperscript{{*}}"}, {"html", "<sup>*</sup>"}};
  for (const auto& [format, star] : stars) {
    INFO(format);
    const std::string bytes = find_report_writer(format).write(report).front().bytes;
    CHECK_THAT(bytes, Contains(star) && Contains("Holm over 2 hypotheses"));
  }
  CHECK_THAT(render_csv(comparison_table(record)), Contains("link_prediction.mrr_mark"));
  CHECK_THAT(render_json(comparison_table(record)), Contains("\"mark\""));
}

TEST_CASE("Without a difference that holds the table says so, and without tests nothing",
          "[reports][significance]") {
  CHECK_THAT(comparison_table(tested_record(0.2, 0.5)).notes.back(),
             Contains("No value differs from basic's"));
  CHECK(note_of(example_record()).empty());
  CHECK(run_table("significance", example_record()).rows.empty());
}

TEST_CASE("A test that could not be made is counted in words", "[reports][significance]") {
  RunRecord record = tested_record(0.01, 0.5);
  record.measurements.back().measurement =
      Measurement::undefined("all differences are equal", 2, "", Direction::kDescriptive);
  CHECK_THAT(note_of(record), Contains("1 of the 2 could not be tested"));
  // Rows that are not shown do not count.
  MeasurementLine other = record.measurements.back();
  other.system = "other";
  record.measurements.push_back(other);
  const std::vector<SystemView> shown = {{"kl+attr", ""}};
  CHECK_THAT(SignificanceMarks(record).note(shown), Contains("1 of the 2 could not be tested"));
  CHECK_THAT(note_of(record), Contains("2 of the 3 could not be tested"));
}

TEST_CASE("The methods name tests, correction and level; attribute tables leave tests out",
          "[reports][significance]") {
  const RunRecord record = tested_record(0.01, 0.5);
  const std::string text = plain_text(std::get<Paragraph>(methods(record).front()).spans);
  CHECK_THAT(text, Contains("Differences from basic were tested") &&
                       Contains("Holm over 2 hypotheses at level 0.05") &&
                       !Contains("No test between systems"));
  const Table table = run_table("attribute", record, {.attribute = "gender"});
  for (const Row& row : table.rows) {
    CHECK_THAT(std::get<TextCell>(row.cells[0]).text, !Contains("significance"));
  }
}

TEST_CASE("The p beside the adjusted one is of the test that was corrected",
          "[reports][significance]") {
  for (const char* corrected : {"sign flip over seeds", "paired t over seeds"}) {
    INFO(corrected);
    RunRecord record = example_record();
    const auto add = [&](const char* what, const char* test, double p) {
      MeasurementLine line = adjusted("link_prediction.mrr", {{"set", "all"}}, p);
      line.metric = std::string("significance.") + what;
      line.facets["test"] = test;
      record.measurements.push_back(line);
    };
    add("p", "paired t over seeds", 0.0583);
    add("p", "sign flip over seeds", 0.1875);
    add("p_adjusted", corrected, 0.375);
    const Table table = run_table("significance", record);
    REQUIRE(table.rows.size() == 1);
    CHECK(table.columns[3].key == "p");
    const double p = std::get<NumberCell>(table.rows[0].cells[3]).summary.centre;
    CHECK(p == (std::string(corrected) == "sign flip over seeds" ? 0.1875 : 0.0583));
  }
}

TEST_CASE("Where nothing could be tested every reason is given", "[reports][significance]") {
  RunRecord record = tested_record(0.01, 0.5);
  const auto undefined = [](const char* reason) {
    return Measurement::undefined(reason, 0, "", Direction::kDescriptive);
  };
  record.measurements[record.measurements.size() - 2].measurement =
      undefined("all 3 differences are 0");
  record.measurements.back().measurement = undefined("a probe needs 2 values");
  CHECK(
      note_of(record) ==
      "No difference from basic could be tested: all 3 differences are 0; a probe needs 2 values.");
}

}  // namespace
}  // namespace kgaudit::reports::tests
