#include "reports/tables/run_table.hpp"
#include "tests/reports/run_tables/relation_facts.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::counted;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("Groups stand with their sizes and the reason of those too small", "[reports][groups]") {
  RunRecord record;
  record.run = example_record().run;
  const auto value = [](const char* name) {
    return Facets{{"attribute", "gender"}, {"value", name}};
  };
  record.run.labels["/m/f"] = "female";
  record.measurements = {
      counted(fact("basic", 1, "score_gap.by_value", value("/m/f"), 0.0), 1.5, 40),
      fact("basic", 1, "score_gap.by_value", value("/m/x"), 0.0),
      counted(fact("basic", 1, "group_gap.mrr", value("/m/f"), 0.0), 0.75, 8)};
  record.measurements[1].measurement =
      Measurement::undefined("3 persons: fewer than min_group = 10", 3, "", Direction::kNearer);
  const Table table = run_table("groups", record, {.attribute = "gender"});
  CHECK_THAT(render_markdown(table, 0), Contains("| female | 40 | 1.50 | 8 | 0.750 |\n"
                                                 "| /m/x | 3 | undef. \\[1\\] | – | – |\n"));
  CHECK(run_table("groups", record, {.attribute = "religion"}).rows.empty());
}
