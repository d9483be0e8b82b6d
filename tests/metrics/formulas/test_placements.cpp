#include "metrics/formulas/placements.hpp"

#include <cmath>
#include <vector>

#include "metrics/stats/estimates.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::Group;
using tests::near;

TEST_CASE("Placements of six units are those counted by hand, ties a half", "[metrics][question]") {
  // Positives 3, 1, 2; negatives 2, 0; one that is neither.
  const std::vector<double> scores = {3, 1, 2, 2, 0, 9};
  const std::vector<Group> sides = {Group::kPositive, Group::kPositive, Group::kPositive,
                                    Group::kNegative, Group::kNegative, Group::kNeither};
  const auto found = metrics::auc_placements(scores, sides);
  REQUIRE(found);
  CHECK(found->of == std::vector<double>{1.0, 0.5, 0.75, 0.5, 1.0, 0.0});
  CHECK(found->auc == near(0.75));
  CHECK(found->positives == 3.0);
  CHECK(found->negatives == 2.0);

  std::vector<double> influence(6, 0.0);
  metrics::add_influence(*found, sides, 2.0, influence);
  CHECK(influence[0] == near(2.0 * 0.25 / 3.0));
  CHECK(influence[3] == near(2.0 * -0.25 / 2.0));
  CHECK(influence[5] == 0.0);
}

TEST_CASE("One group alone has no placements", "[metrics][question]") {
  const std::vector<double> scores = {1, 2};
  CHECK_FALSE(metrics::auc_placements(scores, std::vector<Group>(2, Group::kPositive)));
  CHECK_FALSE(metrics::auc_placements(scores, std::vector<Group>(2, Group::kNeither)));
}

TEST_CASE("Placements agree with the rank sum and with the count of pairs", "[metrics][question]") {
  Rng rng(3, "placements");
  std::vector<double> scores;
  std::vector<Group> sides;
  std::vector<std::uint32_t> positive;
  for (int i = 0; i < 200; ++i) {
    scores.push_back(std::floor(rng.uniform(0.0, 20.0)));  // many ties
    positive.push_back(rng.below(3) == 0 ? 1 : 0);
    sides.push_back(positive.back() == 1 ? Group::kPositive : Group::kNegative);
  }
  const auto found = metrics::auc_placements(scores, sides);
  CHECK(found->auc == near(*metrics::area_under_curve(scores, positive), 1e-12));
  double below = 0.0;
  double count = 0.0;
  for (std::size_t i = 1; i < scores.size(); ++i) {
    if (positive[i] == positive[0]) continue;
    count += 1.0;
    const double sign = positive[0] == 1 ? scores[0] - scores[i] : scores[i] - scores[0];
    below += sign > 0.0 ? 1.0 : (sign == 0.0 ? 0.5 : 0.0);
  }
  CHECK(found->of[0] == near(below / count, 1e-12));
}

TEST_CASE("Intervals by influence are those of a mean, and hold .5 without a difference",
          "[metrics][question]") {
  const std::vector<double> values = {1, 2, 3, 6};
  std::vector<double> influence;
  for (const double v : values) influence.push_back((v - 3.0) / 4.0);
  const auto interval = metrics::influence_interval(3.0, influence, "persons");
  const auto normal = metrics::normal_interval(values, "persons");
  CHECK(interval->low == near(normal->low, 1e-12));
  CHECK(interval->method == normal->method);
  CHECK_FALSE(metrics::influence_interval(3.0, std::vector<double>{0.1}, "persons"));

  int held = 0;
  for (std::uint64_t trial = 0; trial < 400; ++trial) {
    Rng rng(trial, "null");
    std::vector<double> scores(60);
    std::vector<Group> sides(60, Group::kNegative);
    for (std::size_t i = 0; i < 60; ++i) {
      scores[i] = rng.normal();
      if (i < 20) sides[i] = Group::kPositive;
    }
    const auto found = metrics::auc_placements(scores, sides);
    std::vector<double> errors(60, 0.0);
    metrics::add_influence(*found, sides, 1.0, errors);
    const auto around = metrics::influence_interval(found->auc, errors, "persons");
    if (around->low <= 0.5 && around->high >= 0.5) ++held;
  }
  // 95 % of 400, less and more by four standard deviations.
  CHECK(held >= 362);
  CHECK(held <= 397);
}
