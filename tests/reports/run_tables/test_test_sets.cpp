#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::whole_record;

TEST_CASE("The parts of the test set stand with their triples, the best system bold",
          "[reports][test_sets]") {
  CHECK_THAT(render_markdown(run_table("test_sets", whole_record()), 0),
             Catch::Contains("| all test triples | 50 | **0.690 ± 0.014** | 0.660 ± 0.000 |\n"
                             "| without sensitive relations | 40 | **0.500** | 0.250 |\n"
                             "| sensitive relations | 10 | **0.875** | 0.438 |\n"));
}
