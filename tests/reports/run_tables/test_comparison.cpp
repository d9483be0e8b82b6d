#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

namespace {

RunRecord with_rulers() {
  RunRecord record;
  record.run = example_record().run;
  const Facets hidden = {{"attribute", "gender"}, {"persons", "held_out"}, {"release", "rows"}};
  const Facets graph = {{"attribute", "gender"}, {"persons", "held_out"}, {"probe", "graph"}};
  const Facets stated = {{"attribute", "gender"}, {"persons", "stated"}};
  record.measurements = {
      fact("basic", 1, "leakage.strongest", hidden, 0.875, Direction::kNearer),
      fact("basic", 1, "leakage.auc", graph, 0.924, Direction::kDescriptive),
      fact("basic", 1, "question.auc_micro", stated, 0.93, Direction::kNearer),
      fact("basic", 1, "question.excess_accuracy", stated, 0.17, Direction::kNearer),
      fact("bose", 1, "leakage.strongest", hidden, 0.45, Direction::kNearer),
      fact("bose", 1, "question.auc_micro", stated, 0.56, Direction::kNearer),
      fact("bose", 1, "question.excess_accuracy", stated, -0.02, Direction::kNearer),
  };
  return record;
}

}  // namespace

TEST_CASE("The comparison shows what the strongest probe reads of hidden persons, and the question",
          "[reports][comparison]") {
  const std::string csv = render_csv(comparison_table(with_rulers()));
  CHECK(csv.starts_with("system,leakage.strongest.held_out.gender,"));
  CHECK(csv.find("\r\nbasic,0.875,,1,,100,0.93,,1,,100,17,,1,,100\r\n") != std::string::npos);
  CHECK(csv.find("\r\nbose,0.45,,1,,100,0.56,,1,,100,-2,,1,,100\r\n") != std::string::npos);
  CHECK(csv.find("graph alone,0.924,") != std::string::npos);
}

TEST_CASE("Nearer to one half is better, on either side", "[reports][comparison]") {
  const std::string text = render_terminal(comparison_table(with_rulers()), {0, false});
  CHECK(text.find("AUC →0.5") != std::string::npos);
}
