#include "metrics/stats/effect_size.hpp"

#include <cmath>

#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

namespace {

using Values = std::vector<double>;

Approx near(double value, double margin = 1e-12) { return Approx(value).epsilon(0).margin(margin); }

}  // namespace

TEST_CASE("Cohen's dz gives the hand case, its interval that of the noncentral t",
          "[metrics][stats]") {
  const Values d = {.02, .01, .03, .015, .025};  // METRICS 6.13
  const auto dz = cohen_dz(d, "seeds");
  CHECK(dz->value == near(2.529822128, 1e-9));
  CHECK(dz->interval.low > 0.0);
  CHECK(dz->interval.low < 1.0);
  CHECK(dz->interval.high > 4.0);
  CHECK(dz->interval.method == "noncentral t, seeds");
  CHECK_FALSE(cohen_dz(Values{1, 1}, "seeds").defined());
}

TEST_CASE("the two intervals of dz meet where one takes over from the other", "[metrics][stats]") {
  Rng rng(1, "dz");
  Values d(101);
  for (double& x : d) x = .4 + rng.normal();
  const auto normal = cohen_dz(d, "triples");
  CHECK(normal->interval.method == "normal, triples");
  const auto exact = cohen_dz(std::span(d).first(100), "triples");
  const double shift = normal->value - exact->value;
  CHECK(exact->interval.low == near(normal->interval.low - shift, 0.005));
  CHECK(exact->interval.high == near(normal->interval.high - shift, 0.005));
}

TEST_CASE("Cliff's delta counts who wins, ties for nobody", "[metrics][stats]") {
  // 1 beats none of 2 3 4; 3 beats one, ties one; 5 beats all: (4 - 4) / 9.
  CHECK(cliffs_delta(Values{1, 3, 5}, Values{2, 3, 4}, "seeds")->value == near(0.0));
  // wins 1 + 2 + 2, losses 1: 4 / 6.
  const Values a = {2, 4, 5};
  const Values b = {1, 3};
  const auto delta = cliffs_delta(a, b, "seeds");
  CHECK(delta->value == near(4.0 / 6));
  const auto mirrored = cliffs_delta(b, a, "seeds");
  CHECK(mirrored->value == near(-4.0 / 6));
  CHECK(mirrored->interval.low == near(-delta->interval.high));
  CHECK(delta->interval.low >= -1.0);
  CHECK(delta->interval.high <= 1.0);
  // Any increasing change of scale leaves it alone.
  CHECK(cliffs_delta(Values{8, 64, 125}, Values{1, 27}, "seeds")->interval == delta->interval);
}

TEST_CASE("samples that do not overlap have a delta of 1 and still an interval",
          "[metrics][stats]") {
  const auto apart = cliffs_delta(Values{4, 5, 6, 7}, Values{1, 2, 3, 0, 0}, "seeds");
  const double z2 = 1.959963984540054 * 1.959963984540054;
  CHECK(apart->value == 1.0);
  CHECK(apart->interval.low == near((4 - z2) / (4 + z2)));
  CHECK(apart->interval.high == 1.0);
  CHECK_FALSE(cliffs_delta(Values{1}, Values{1, 2}, "seeds").defined());
}

TEST_CASE("the win rate counts a tie as half a win", "[metrics][stats]") {
  const auto rate = win_rate(Values{1, 2, 0, -1}, "seeds");
  CHECK(rate->value == near(2.5 / 4));
  CHECK(rate->interval.low < rate->value);
  CHECK_FALSE(win_rate(Values{}, "seeds").defined());
}

TEST_CASE("the rank-biserial correlation is the hand case of Wilcoxon's ranks",
          "[metrics][stats]") {
  const auto r = rank_biserial(Values{1, 2, -.5, 3, 1.5}, "seeds");  // W+ 14, W- 1
  CHECK(r->value == near(13.0 / 15));
  CHECK(r->interval.low > -1.0);
  CHECK(r->interval.high < 1.0);
  const auto mirrored = rank_biserial(Values{-1, -2, .5, -3, -1.5}, "seeds");
  CHECK(mirrored->value == near(-13.0 / 15));
  CHECK(mirrored->interval.low == near(-r->interval.high));
  CHECK(rank_biserial(Values{1, 2, 3}, "seeds").reason() ==
        "all 3 differences that are not 0 have one sign");
}
