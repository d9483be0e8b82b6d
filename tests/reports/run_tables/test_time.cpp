#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;

TEST_CASE("Time is told from the epochs on record", "[reports][time]") {
  CHECK(render_csv(run_table("time", example_record()))
            .find("basic,4,2.5,,1,,1,,1,,6,,1,,12,,1,,1,0,2,") != std::string::npos);
}
