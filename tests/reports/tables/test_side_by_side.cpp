#include <algorithm>
#include <functional>

#include "reports/tables/side_by_side.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("Two records stand side by side with difference and ratio", "[reports][side_by_side]") {
  const RunRecord a = example_record();
  RunRecord b = example_record();
  b.run.plan_hash = "other";
  const auto plan_with = [](const char* epochs) {
    return R"({"seeds":[0],"tables":{"training":{"epochs":)" + std::string(epochs) +
           R"(,"dimension":8}}})";
  };
  RunRecord first = a;
  first.run.plan = plan_with("5");
  b.run.plan = plan_with("6");
  for (MeasurementLine& line : b.measurements) {
    if (line.metric != "link_prediction.mrr" || line.system != "basic") continue;
    line.measurement = Measurement::of(line.measurement.value() / 2.0, 100, "", Direction::kHigher);
  }
  const Table table = side_by_side(first, b);
  // Hand: 0.69 against 0.345.
  CHECK_THAT(
      render_terminal(table, {0, false}),
      Contains("basic           ranking MRR ↑              0.690 ± 0.014   0.345 ± 0.007      "
               "-0.345  0.500\n"));
  CHECK(table.title ==
        "run 1 against run 2: they differ in plan (training.epochs), which is part of every "
        "difference");
  // Rows of no system come last.
  const auto reference = [](const Row& row) { return row.reference; };
  CHECK(std::ranges::is_partitioned(table.rows, std::not_fn(reference)));
  CHECK(std::ranges::any_of(table.rows, reference));
}

TEST_CASE("A record beside itself differs in nothing", "[reports][side_by_side]") {
  const Table table = side_by_side(example_record(), example_record());
  for (const Row& row : table.rows) {
    if (const auto* difference = std::get_if<NumberCell>(&row.cells[4])) {
      CHECK(difference->summary.centre == 0.0);
    }
    if (const auto* ratio = std::get_if<NumberCell>(&row.cells[5])) {
      CHECK(ratio->summary.centre == 1.0);
    }
  }
  CHECK(table.title == "run 1 against run 2: the same data, plan, build and machine");
}

TEST_CASE("What only one of two records has stands with a dash, and nothing is divided by 0",
          "[reports][side_by_side]") {
  RunRecord a;
  a.run = example_record().run;
  RunRecord b = a;
  a.measurements = {fact("old", 1, "score_gap.micro", {{"attribute", "gender"}}, 0.0)};
  b.measurements = {fact("old", 1, "score_gap.micro", {{"attribute", "gender"}}, 2.0),
                    fact("new", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0)};
  const std::string text = render_terminal(side_by_side(a, b), {0, false});
  CHECK_THAT(text, Contains("old     score gap ΔS gender  0.000  2.000       2.000  undef. [1]\n"));
  CHECK_THAT(text, Contains("new     score gap ΔS gender      –  1.000           –           –\n"));
  CHECK_THAT(text, Contains("[1] the first value is 0"));
}
