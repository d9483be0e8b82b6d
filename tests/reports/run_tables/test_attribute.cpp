#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("An attribute's facts stand side by side", "[reports][attribute]") {
  const RunRecord record = example_record();
  const Table table = run_table("attribute", record, {.attribute = "gender"});
  CHECK(render_terminal(table, {0, false}) ==
        "Attribute gender\n"
        "\n"
        "measure                                              unit     n          basic         "
        "kl+attr\n"
        "score_gap.micro →0                                   score  100  3.000 ± 0.707  -0.250 ± "
        "0.707\n"
        "leakage.accuracy (persons stated, probe linear) ↓           100  0.990 ± 0.000   0.750 ± "
        "0.000\n"
        "leakage.accuracy (persons stated, probe majority) ↓         100  0.750 ± 0.000   0.750 ± "
        "0.000\n"
        "\n"
        "kl+attr publishes attribute vectors beside the rows. Under its own name: figures of the "
        "rows alone: score_gap; leakage. What rows and vectors tell together is not on this "
        "record.\n");
}

TEST_CASE("An attribute's facts show the interval of a single seed", "[reports][attribute]") {
  RunRecord record;
  record.run = example_record().run;
  record.measurements = {fact("basic", 1, "m", {{"attribute", "gender"}}, 0.5)};
  record.measurements[0].measurement =
      Measurement::of(0.5, 9, "", Direction::kDescriptive, Interval{0.25, 0.75, 0.95, "normal"});
  CHECK_THAT(render_csv(run_table("attribute", record, {.attribute = "gender"})),
             Catch::Contains(",0.5,,1,"));
  CHECK_THAT(render_terminal(run_table("attribute", record, {.attribute = "gender"})),
             Catch::Contains("0.500 [0.250, 0.750]"));
}
