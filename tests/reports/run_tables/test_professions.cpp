#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;

TEST_CASE("Professions stand in two lists with labels and counts", "[reports][professions]") {
  const RunRecord record = example_record();
  const Table table = run_table("professions", record,
                                {.professions = 2, .attribute = "gender", .row = {"basic", ""}});
  CHECK(render_terminal(table, {0, false}) ==
        "Professions by gender bias, basic\n"
        "\n"
        "              female-leaning                          male-leaning\n"
        "#  profession        B  n female  n male  profession       B  n female  n male\n"
        "1  nurse       -0.5000        12       7  smith       0.2500        12       7\n"
        "2  poet         0.0000        12       7  poet        0.0000        12       7\n"
        "\n"
        "B > 0 leans to male.\n");
  CHECK(run_table("professions", record, {.attribute = "gender", .row = {"kl+attr", ""}})
            .rows.empty());
}
