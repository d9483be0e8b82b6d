#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::fact;

TEST_CASE("A claim is shown when its p is at most the declared level", "[reports][likeness]") {
  const auto claim = [](const char* what, double value) {
    return fact("kl", 1, std::string("significance.") + what,
                {{"alpha", "0.05"}, {"margin", "3 %"}, {"reference", "basic"}}, value);
  };
  RunRecord record;
  record.measurements = {claim("non_inferiority", 0.05), claim("non_inferiority_bound", -0.01)};
  const auto text = [&] { return render_markdown(run_table("likeness", record), 0); };
  CHECK_THAT(text(), Catch::Contains("| kl | MRR less than 3 % below basic | 0.0500 | yes | "
                                     "-0.0100 |\n"));
  record.measurements[0] = claim("non_inferiority", 0.0501);
  CHECK_THAT(text(), Catch::Contains("| 0.0501 | no | -0.0100 |\n"));
  record.measurements[0].measurement =
      Measurement::undefined("1 seed", 1, "", Direction::kDescriptive);
  CHECK_THAT(text(), Catch::Contains("| undef. \\[1\\] | not tested | -0.0100 |\n"));
}
