#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("Popularity stands by quarters with the gap between them", "[reports][popularity]") {
  RunRecord record;
  record.run = example_record().run;
  for (const auto& [quarter, mrr] : {std::pair{"1", 0.125}, std::pair{"4", 0.5}}) {
    record.measurements.push_back(
        fact("basic", 1, "degree_bias.mrr", {{"side", "both"}, {"quartile", quarter}}, mrr));
  }
  record.measurements.push_back(
      fact("basic", 1, "degree_bias.quartile_gap", {{"side", "both"}}, 0.375));
  CHECK_THAT(render_markdown(run_table("popularity", record), 0),
             Contains("| system | MRR by quarter of degree ↑ rarest | MRR by quarter of degree ↑ "
                      "commonest | gap →0 |") &&
                 Contains("| basic | 0.125 | 0.500 | 0.375 |"));
}
