#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("The figures of the published comparison stand beside a row of majority guesses",
          "[reports][published]") {
  RunRecord record = example_record();
  CHECK(run_table("published", record).rows.empty());  // the first table shows them
  record.measurements.push_back(fact("basic", 1, "question.auc_micro",
                                     {{"attribute", "gender"}, {"persons", "stated"}}, 0.9,
                                     kgaudit::Direction::kNearer));
  const std::string csv = render_csv(run_table("published", record));
  CHECK(csv.starts_with("system,link_prediction.mrr,"));
  CHECK(csv.find("score_gap.micro.gender") != std::string::npos);
  CHECK(csv.find("leakage.accuracy.linear.gender") != std::string::npos);
  CHECK(csv.find("majority guess,") != std::string::npos);
  CHECK(csv.find("time.") == std::string::npos);
}
