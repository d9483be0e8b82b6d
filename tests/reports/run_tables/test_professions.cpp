#include <algorithm>

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
        "\n"
        "B > 0 leans to male.\n");
  CHECK(run_table("professions", record, {.attribute = "gender", .row = {"kl+attr", ""}})
            .rows.empty());
}

TEST_CASE("Professions that change with the seed, or may, are not shown as a finding",
          "[reports][professions]") {
  const TableOptions options = {.attribute = "gender", .row = {"basic", ""}};
  const auto overlap = [](RunRecord& record) -> MeasurementLine& {
    return *std::ranges::find(record.measurements, "stability.list_overlap",
                              &MeasurementLine::metric);
  };
  RunRecord record = example_record();
  CHECK_FALSE(run_table("professions", record, options).rows.empty());
  // Half way from chance, .5, to 1 is not more than half way.
  overlap(record).measurement = Measurement::of(0.75, 2, "", Direction::kDescriptive);
  CHECK(run_table("professions", record, options).rows.empty());
  overlap(record).measurement = Measurement::undefined("one seed", 1, "", Direction::kDescriptive);
  CHECK(run_table("professions", record, options).rows.empty());
  std::erase_if(record.measurements,
                [](const MeasurementLine& line) { return line.metric.starts_with("stability."); });
  CHECK(run_table("professions", record, options).rows.empty());
}
