#include <algorithm>

#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_record;

TEST_CASE("The stability of lists stands beside what chance gives, and says what is shown",
          "[reports][profession_stability]") {
  RunRecord record = example_record();
  const auto shown = [&record] {
    return render_terminal(run_table("profession_stability", record, {.attribute = "gender"}),
                           {0, false});
  };
  CHECK_THAT(shown(), Contains("basic              0.88       0.50    0.75      0.75  yes"));
  CHECK_THAT(shown(), Contains("Share of the 1 professions at either end"));
  for (MeasurementLine& line : record.measurements) {
    if (line.metric != "stability.list_overlap" && line.metric != "stability.list_correlation") {
      continue;
    }
    line.measurement = Measurement::undefined("one seed: how stable the list is is unknown", 1, "",
                                              Direction::kDescriptive);
  }
  CHECK_THAT(shown(), Contains("one seed") && Contains("  no"));
  std::erase_if(record.measurements,
                [](const MeasurementLine& line) { return line.metric.starts_with("stability."); });
  CHECK_THAT(shown(), Contains("none is shown"));
  CHECK(run_table("profession_stability", record, {.attribute = "religion"}).rows.empty());
}
