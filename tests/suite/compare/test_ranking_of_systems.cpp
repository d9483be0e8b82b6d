#include "suite/compare/ranking_of_systems.hpp"

#include <string>
#include <vector>

#include "tests/suite/compare/made_up_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

using reports::RunRecord;
using tests::kWhole;
using tests::MadeUpRun;

TEST_CASE("Systems are ranked over three graphs or more, and otherwise the reason is said",
          "[run][ranking]") {
  std::vector<RunRecord> records;
  for (const char* name : {"one", "two", "three"}) {
    MadeUpRun run;
    run.record().run.dataset = name;
    run.record().run.graph_hash = name;
    for (const char* system : {"basic", "fair"}) {
      const double value = system == std::string("basic") ? 0.3 : 0.2;
      // What it publishes in another form is no further system.
      for (const char* view : {"", "whole"}) {
        run.record().measurements.push_back({"r", system, view, 0, "link_prediction.mrr", kWhole,
                                             Measurement::of(value, 1, "", Direction::kHigher)});
      }
    }
    records.push_back(run.record());
  }
  const auto ranked = rank_systems(records);
  REQUIRE(ranked.size() == 1);
  REQUIRE(ranked[0].ranks.defined());
  CHECK(ranked[0].ranks->mean_ranks == std::vector<double>{1.0, 2.0});
  CHECK_THAT(in_words(ranked[0]), Contains("basic 1.00, fair 2.00"));
  CHECK(critical_difference_of(ranked[0]));

  records[2].run.graph_hash = "one";  // the same graph again is no further data set
  const auto fewer = rank_systems(records);
  CHECK_FALSE(critical_difference_of(fewer[0]));
  CHECK_THAT(in_words(fewer[0]), Contains("2 data sets, at least 3 are needed"));
}

}  // namespace
}  // namespace kgaudit::run
