#include "suite/run/ranking_finding.hpp"

#include <vector>

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

std::vector<metrics::Fact> facts(double index, double expected_mrr) {
  const metrics::Facets all = {
      {"filter", "filtered"}, {"set", "all"}, {"side", "both"}, {"ties", "realistic"}};
  return {{"link_prediction.amri", all, Measurement::of(index, 10, "", Direction::kHigher)},
          {"link_prediction.expected_mrr", all,
           Measurement::of(expected_mrr, 10, "", Direction::kDescriptive)}};
}

TEST_CASE("A ranking no better than a random order is found", "[run][findings]") {
  for (const double index : {-0.083, 0.0}) {
    const auto finding = ranking_finding("bose", "a", 3, facts(index, 0.1));
    REQUIRE(finding);
    CHECK(finding->level == "warning");
    CHECK(finding->check == "chance_level");
    CHECK(finding->subject == "bose [a], seed 3");
    CHECK_THAT(finding->message, Catch::Contains("no better than a random order"));
  }
  CHECK_FALSE(ranking_finding("bose", "a", 3, facts(0.001, 0.1)));
}

TEST_CASE("A ranking above a random order by no more than chance is found", "[run][findings]") {
  const auto with_z = [](double index, double z) {
    std::vector<metrics::Fact> all = facts(index, 0.1);
    all.push_back({"link_prediction.mrr_z", all.front().facets,
                   Measurement::of(z, 10, "sd", Direction::kHigher)});
    return ranking_finding("bose", "a", 3, all);
  };
  // Of 10 queries the index varies by 1 / sqrt(30) = .183.
  const auto finding = with_z(0.29, 1.6);
  REQUIRE(finding);
  CHECK(finding->check == "chance_level");
  CHECK_THAT(finding->message, Catch::Contains("by chance (adjusted mean rank index 0.290 over 10 "
                                               "queries, MRR 1.6 sd from its expectation)"));
  CHECK_FALSE(with_z(0.31, 1.6));
  CHECK_FALSE(with_z(0.29, 1.7));
}

TEST_CASE("A ranking of queries with one candidate each is found", "[run][findings]") {
  std::vector<metrics::Fact> trivial = facts(0.0, 1.0);
  trivial.front().measurement = Measurement::undefined("one candidate", 0, "", Direction::kHigher);
  const auto finding = ranking_finding("basic", "", 0, trivial);
  REQUIRE(finding);
  CHECK(finding->check == "trivial_ranking");
  CHECK(finding->subject == "basic, seed 0");
  CHECK_THAT(finding->message, Catch::Contains("no query has a second candidate"));
}

TEST_CASE("Without a ranking nothing is found", "[run][findings]") {
  CHECK_FALSE(ranking_finding("basic", "", 0, {}));
  std::vector<metrics::Fact> of_a_part = facts(-1.0, 0.1);
  for (metrics::Fact& fact : of_a_part) fact.facets["set"] = "without_sensitive";
  CHECK_FALSE(ranking_finding("basic", "", 0, of_a_part));
}

}  // namespace
}  // namespace kgaudit::run
