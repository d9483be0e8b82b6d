#include "reports/tables/significance_facts.hpp"

#include <catch2/catch.hpp>

#include "reports/record/fact_names.hpp"
#include "tests/reports/example_record.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using namespace kgaudit::reports::tests;

TEST_CASE("A star for hidden persons is none for seen ones", "[reports][significance]") {
  RunRecord record;
  Facets tested = {
      {"metric", "leakage.strongest"}, {"attribute", "gender"}, {"persons", "held_out"},
      {"reference", "basic"},          {"alpha", "0.05"},       {"test", "paired t"}};
  record.measurements.push_back(fact("bose", 0, "significance.p_adjusted", tested, 0.002));
  const SignificanceMarks marks(record);
  const auto mark = [&](const FactName& name) {
    return marks.mark({"bose", ""}, name.metric, name.all_facets("gender"));
  };
  CHECK(mark(kStrongestAuc) == "*");
  CHECK(mark(kStatedStrongestAuc).empty());
}

TEST_CASE("An AUC is neutral at one half, everything else at 0", "[reports][attribute]") {
  CHECK(neutral_value("question.auc_micro") == 0.5);
  CHECK(neutral_value("leakage.strongest") == 0.5);
  CHECK(neutral_value("leakage.strongest_excess_balanced_accuracy") == 0.0);
  CHECK(neutral_value("score_gap.within_person_auc") == 0.5);
  CHECK(neutral_value("score_gap.micro") == 0.0);
}
