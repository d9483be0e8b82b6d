#include "reports/tables/run_table.hpp"
#include "tests/reports/run_tables/relation_facts.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::record_of_relations;

TEST_CASE("Relations stand by their number of test triples, the best system bold",
          "[reports][relations]") {
  const RunRecord record = record_of_relations();
  CHECK(render_markdown(run_table("relations", record, {.relations = 1}), 0) ==
        "| relation | test triples | MRR ↑ basic | MRR ↑ kl |\n"
        "| :-- | --: | --: | --: |\n"
        "| common | 10 | **0.250** | 0.125 |\n"
        "\n"
        "Filtered MRR of heads and tails, relations with most test triples first.\n"
        "\n"
        "1 of 2 relations; the CSV table has all.\n");
  CHECK(run_table("relations", record).rows.size() == 2);
}
