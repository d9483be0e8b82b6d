#include "metrics/formulas/score_gap.hpp"

#include <cmath>
#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::ScoreGapCounts;
using metrics::ScoreGapTerm;
using tests::near;

TEST_CASE("A true score of 3 against 1, 0.5 and 0 is a gap of 2.5", "[metrics][score_gap]") {
  std::vector<ScoreGapTerm> terms;
  ScoreGapCounts counts;
  const std::vector<float> scores = {1.0F, 3.0F, 0.5F, 0.0F};
  const std::vector<std::uint32_t> truth = {1};
  metrics::add_score_gap_terms(scores, truth, truth, terms, counts);
  REQUIRE(terms.size() == 1);
  CHECK(terms[0].gap == near(2.5));
  CHECK(terms[0].auc == 1.0);
  CHECK(terms[0].chance == near(.25));
  const double odds = std::exp(3.0) + std::exp(1.0) + std::exp(0.5) + 1.0;
  CHECK(terms[0].probability == near(std::exp(3.0) / odds));
}

TEST_CASE("Other true values are not false candidates, and what is skipped is counted",
          "[metrics][score_gap]") {
  std::vector<ScoreGapTerm> terms;
  ScoreGapCounts counts;
  const std::vector<float> scores = {4.0F, 2.0F, 1.0F};
  const std::vector<std::uint32_t> stated = {1, 7};
  const std::vector<std::uint32_t> known = {0, 1, 7};
  metrics::add_score_gap_terms(scores, stated, known, terms, counts);
  REQUIRE(terms.size() == 1);
  CHECK(terms[0].gap == near(1.0));
  CHECK(counts.outside_candidates == 1);
  const std::vector<std::uint32_t> all = {0, 1, 2};
  metrics::add_score_gap_terms(scores, all, all, terms, counts);
  CHECK(terms.size() == 1);
  CHECK(counts.nothing_false == 3);
}

TEST_CASE("The divergence from uniform is the one computed by hand", "[metrics][score_gap]") {
  const std::vector<float> three = {2.0F, 1.0F, 0.0F};
  const std::vector<float> two = {1.0F, -1.0F};
  const std::vector<float> equal = {0.7F, 0.7F, 0.7F};
  CHECK(metrics::kl_from_uniform(three) == near(.308993675776));
  CHECK(metrics::kl_from_uniform(two) == near(.433780830483));
  CHECK(metrics::kl_from_uniform(equal) == near(0.0));
}

TEST_CASE("The best candidate counts as true by its share of a tie", "[metrics][score_gap]") {
  const std::vector<float> scores = {1.0F, 2.0F, 2.0F};
  CHECK(metrics::best_is_true(scores, std::vector<std::uint32_t>{1}) == 0.5);
  CHECK(metrics::best_is_true(scores, std::vector<std::uint32_t>{0}) == 0.0);
  CHECK(metrics::best_is_true(scores, std::vector<std::uint32_t>{1, 2}) == 1.0);
}

TEST_CASE("The deviation over persons is pooled over values and knows no shift of a value",
          "[metrics][score_gap]") {
  const std::vector<float> scores = {1, 10, 3, 10, 5, 16};  // three persons, two values
  // Squares: 8 about 3, and 24 about 12.
  CHECK(*metrics::pooled_sd_over_persons(scores, 2) == near(std::sqrt(32.0 / 4.0)));
  const std::vector<float> shifted = {1, 110, 3, 110, 5, 116};
  CHECK(*metrics::pooled_sd_over_persons(shifted, 2) == near(std::sqrt(32.0 / 4.0)));
  CHECK_FALSE(metrics::pooled_sd_over_persons(std::vector<float>{1, 2}, 2));
}
