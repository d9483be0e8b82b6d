#include "reports/tables/run_table.hpp"
#include "reports/tables/table_choice.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

namespace {

RunRecord with_rulers() {
  RunRecord record;
  record.run = example_record().run;
  const Facets hidden = {{"attribute", "gender"}, {"persons", "held_out"}, {"release", "rows"}};
  const Facets graph = {{"attribute", "gender"}, {"persons", "held_out"}, {"probe", "graph"}};
  const Facets stated = {{"attribute", "gender"}, {"persons", "stated"}};
  record.measurements = {
      fact("basic", 1, "leakage.strongest", hidden, 0.875, Direction::kNearer),
      fact("basic", 1, "leakage.auc", graph, 0.924, Direction::kDescriptive),
      fact("basic", 1, "question.auc_micro", stated, 0.93, Direction::kNearer),
      fact("basic", 1, "question.excess_accuracy", stated, 0.17, Direction::kNearer),
      fact("bose", 1, "leakage.strongest", hidden, 0.45, Direction::kNearer),
      fact("bose", 1, "question.auc_micro", stated, 0.56, Direction::kNearer),
      fact("bose", 1, "question.excess_accuracy", stated, -0.02, Direction::kNearer),
  };
  return record;
}

}  // namespace

TEST_CASE("The comparison shows what the strongest probe reads of hidden persons, and the question",
          "[reports][comparison]") {
  const std::string csv = render_csv(comparison_table(with_rulers()));
  CHECK(csv.starts_with("system,leakage.strongest.held_out.gender,"));
  CHECK(csv.find("\r\nbasic,0.875,,1,,100,0.93,,1,,100,17,,1,,100\r\n") != std::string::npos);
  CHECK(csv.find("\r\nbose,0.45,,1,,100,0.56,,1,,100,-2,,1,,100\r\n") != std::string::npos);
  CHECK(csv.find("graph alone,0.924,") != std::string::npos);
}

TEST_CASE("Columns that the comparison leaves out are there when they are named",
          "[reports][comparison]") {
  RunRecord record = with_rulers();
  const auto add = [&](const char* metric, Facets facets, double value, Direction direction) {
    facets["attribute"] = "gender";
    record.measurements.push_back(fact("basic", 1, metric, facets, value, direction));
  };
  const Facets hidden = {{"persons", "held_out"}};
  add("question.auc_micro", hidden, 0.71, Direction::kNearer);
  add("question.excess_accuracy", hidden, 0.05, Direction::kNearer);
  add("leakage.strongest_excess_balanced_accuracy", {{"persons", "held_out"}, {"release", "rows"}},
      0.21, Direction::kLower);
  add("score_gap.in_person_sds", {}, 1.5, Direction::kNearer);
  add("score_gap.micro", {}, 3.25, Direction::kNearer);
  const auto shown = [&](const char* column) {
    const TableChoice choice{{column}, {}, {}};
    CHECK(choice.names_columns());
    const Table whole = comparison_table(record, Spread::kSd, choice.names_columns());
    return render_csv(chosen_part(whole, choice));
  };
  CHECK(shown("question_hidden").find("\r\nbasic,0.71,,1,") != std::string::npos);
  CHECK(shown("question_points_hidden").find("\r\nbasic,5,,1,") != std::string::npos);
  CHECK(shown("leakage_balanced").find("\r\nbasic,21,,1,") != std::string::npos);
  CHECK(shown("score_gap_sd").find("\r\nbasic,1.5,,1,") != std::string::npos);
  CHECK(shown("score_gap").find("\r\nbasic,3.25,,1,") != std::string::npos);
  CHECK_FALSE(TableChoice{{"full"}, {}, {}}.names_columns());
  const std::string whole = render_csv(comparison_table(record));
  CHECK(whole.find("question.auc_micro.held_out.gender") != std::string::npos);
  CHECK(whole.find("score_gap") == std::string::npos);
}

TEST_CASE("Nearer to one half is better, on either side", "[reports][comparison]") {
  const std::string text = render_terminal(comparison_table(with_rulers()), {0, false});
  CHECK(text.find("AUC →0.5") != std::string::npos);
}

TEST_CASE("What a system with attribute vectors publishes without and with them are two rows",
          "[reports][comparison][releases]") {
  RunRecord record = with_rulers();
  const auto add = [&](const char* view, double auc, double mrr) {
    const bool whole = std::string(view) == "whole";
    record.measurements.push_back(fact(
        "kl+attr", 1, "leakage.strongest",
        {{"attribute", "gender"}, {"persons", "held_out"}, {"release", whole ? "whole" : "rows"}},
        auc, Direction::kNearer));
    record.measurements.back().view = view;
    record.measurements.push_back(fact("kl+attr", 1, "link_prediction.mrr",
                                       kFilteredMrr.all_facets(), mrr, Direction::kHigher));
    record.measurements.back().view = view;
  };
  add("", 0.75, 0.5);
  add("rows", 0.5, 0.375);
  add("whole", 1.0, 0.5);
  const Table table = comparison_table(record);
  const std::string csv = render_csv(table);
  CHECK(
      csv.starts_with("system,link_prediction.mrr,link_prediction.mrr_sd,link_prediction.mrr_seeds,"
                      "link_prediction.mrr_undefined,link_prediction.mrr_n,"
                      "link_prediction.mrr_release,leakage.strongest.held_out.gender,"));
  // Nobody can have the quality of the one and the bias of the other.
  CHECK(csv.find("\r\nkl+attr,") == std::string::npos);
  CHECK(csv.find("\r\nkl+attr [rows],0.375,,1,,100,rows,0.5,,1,,100,rows,") != std::string::npos);
  CHECK(csv.find("\r\nkl+attr [whole],0.5,,1,,100,whole,1,,1,,100,whole,") != std::string::npos);
  // Systems without vectors, and what the graph tells without any, have no choice.
  CHECK(csv.find("\r\nbasic,,,,,,,0.875,,1,,100,,") != std::string::npos);
  CHECK(csv.find("\r\ngraph alone,,,,,,,0.924,,1,,100,,") != std::string::npos);
  const auto best = [&](const Table& of, std::size_t column) {
    std::vector<std::string> names;
    for (const Row& row : of.rows) {
      const auto* number = std::get_if<NumberCell>(&row.cells[column]);
      if (number != nullptr && number->best) {
        names.push_back(std::get<TextCell>(row.cells[0]).text);
      }
    }
    return names;
  };
  // Whoever has [whole] has [rows] as well, so it is never the best.
  CHECK(best(table, 1).empty());
  CHECK(best(table, 2) == std::vector<std::string>{"kl+attr [rows]"});
  CHECK(render_json(table).find("\"release\": \"whole\"") != std::string::npos);
  CHECK(table.notes.back() ==
        "kl+attr publishes attribute vectors beside the rows. Under [rows] all figures are of the "
        "rows "
        "alone, ranked without vectors; under [whole] they are of rows and vectors together, as "
        "anyone "
        "has them who downloads both. Such a reader has the rows, too: what is read from [rows] is "
        "read "
        "from [whole] as well.");
}

TEST_CASE(
    "A table says that a record from before has no audit of the whole, and nothing without "
    "vectors",
    "[reports][comparison][releases]") {
  const Table old = comparison_table(example_record());
  CHECK(old.notes.back().ends_with("What rows and vectors tell together is not on this record."));
  for (const std::string& note : comparison_table(with_rulers()).notes) {
    CHECK(note.find("attribute vectors") == std::string::npos);
  }
}
