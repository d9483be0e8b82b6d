#include "suite/compare/ranking_of_systems.hpp"

#include <string>
#include <vector>

#include "reports/record/fact_names.hpp"
#include "tests/suite/compare/made_up_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

using reports::RunRecord;
using tests::MadeUpRun;

TEST_CASE("Systems are ranked over three graphs or more, and otherwise the reason is said",
          "[run][ranking]") {
  std::vector<RunRecord> records;
  for (const char* name : {"one", "two", "three"}) {
    MadeUpRun run;
    run.record().run.dataset = name;
    run.record().run.graph_hash = name;
    const auto add = [&](const char* system, const char* view, double mrr, double auc) {
      auto& facts = run.record().measurements;
      facts.push_back({"r", system, view, 0, "link_prediction.mrr",
                       reports::kMrrWithoutSensitive.all_facets(),
                       Measurement::of(mrr, 1, "", Direction::kHigher)});
      facts.push_back({"r", system, view, 0, "question.auc_micro",
                       reports::kQuestionAuc.all_facets("gender"),
                       Measurement::of(auc, 1, "", Direction::kNearer)});
    };
    add("basic", "", 0.3, 0.8);
    add("low", "", 0.25, 0.35);
    // With vectors it ranks best, and without them it tells least: nobody has both.
    add("fair", "", 0.31, 0.5);
    add("fair", "rows", 0.2, 0.5);
    add("fair", "whole", 0.31, 0.9);
    records.push_back(run.record());
  }
  const auto ranked = rank_systems(records);
  REQUIRE(ranked.size() == 2);
  REQUIRE(ranked[0].ranks.defined());
  CHECK(ranked[0].systems == std::vector<std::string>{"basic", "low", "fair [rows]"});
  CHECK(ranked[0].ranks->mean_ranks == std::vector<double>{1.0, 2.0, 3.0});
  CHECK_THAT(in_words(ranked[0]), Contains("basic 1.00, low 2.00, fair [rows] 3.00"));
  // .35 is nearer to .5 than .8 is.
  CHECK(ranked[1].measure == "question AUC gender, nearness to .5");
  CHECK(ranked[1].ranks->mean_ranks == std::vector<double>{3.0, 2.0, 1.0});
  CHECK(critical_difference_of(ranked[0]));

  records[2].run.graph_hash = "one";  // the same graph again is no further data set
  const auto fewer = rank_systems(records);
  CHECK_FALSE(critical_difference_of(fewer[0]));
  CHECK_THAT(in_words(fewer[0]), Contains("2 data sets, at least 3 are needed"));
}

}  // namespace
}  // namespace kgaudit::run
