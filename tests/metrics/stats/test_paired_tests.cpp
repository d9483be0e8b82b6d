#include <cmath>

#include "metrics/stats/margin.hpp"
#include "metrics/stats/sign_flip.hpp"
#include "metrics/stats/t_test.hpp"
#include "metrics/stats/wilcoxon.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

namespace {

using Values = std::vector<double>;

Approx near(double value, double margin = 1e-12) { return Approx(value).epsilon(0).margin(margin); }

constexpr auto kTwoSided = Alternative::kTwoSided;
constexpr auto kGreater = Alternative::kGreater;
constexpr auto kLess = Alternative::kLess;

Values negated(Values d) {
  for (double& x : d) x = -x;
  return d;
}

double flip_p(const Values& d, Alternative alternative, Resampling resampling = {}) {
  ThreadPool pool(1);
  return sign_flip(d, alternative, resampling, pool)->p;
}

Values normals(std::size_t n, double shift, std::uint64_t seed) {
  Rng rng(seed, "normals");
  Values d(n);
  for (double& x : d) x = shift + rng.normal();
  return d;
}

}  // namespace

TEST_CASE("five differences of one sign give one of 32 sign assignments", "[metrics][stats]") {
  const Values d = {.02, .01, .03, .015, .025};  // METRICS 6.13
  ThreadPool pool(1);
  const auto greater = sign_flip(d, kGreater, {}, pool);
  CHECK(greater->p == 1.0 / 32);
  CHECK(greater->statistic == near(.02));
  CHECK(greater->method == "sign-flip, exact");
  CHECK(flip_p(d, kTwoSided) == 2.0 / 32);
  CHECK(flip_p(d, kLess) == 1.0);
  CHECK(flip_p(negated(d), kLess) == 1.0 / 32);
}

TEST_CASE("sums that are equal on paper are equal to the sign-flip test", "[metrics][stats]") {
  // .1 + .2 - .3 = 0 = .3 - .1 - .2 on paper and not in doubles. The eight |sums| are
  // .6 .4 .2 0 0 .2 .4 .6.
  CHECK(flip_p({.1, .2, -.3}, kTwoSided) == 1.0);
  CHECK(flip_p({.1, -.2, .3}, kTwoSided) == 6.0 / 8);
  CHECK(flip_p({-.1, .2, .3}, kTwoSided) == 4.0 / 8);
  // Differences of scores carry the rounding of the scores: .35 - .33 is not .02.
  const Values d = {.35 - .33, .22 - .20, .57 - .55, .81 - .83};
  CHECK(flip_p(d, kTwoSided) == 10.0 / 16);
  CHECK(flip_p(d, kGreater) == 5.0 / 16);
}

TEST_CASE("the sign-flip test says which level it can attain", "[metrics][stats]") {
  CHECK(attained_sign_flip_level(5, kTwoSided, .05) == 0.0);
  CHECK(attained_sign_flip_level(6, kTwoSided, .05) == 1.0 / 32);
  CHECK(attained_sign_flip_level(5, kGreater, .05) == 1.0 / 32);
  CHECK(attained_sign_flip_level(8, kTwoSided, .05) == 6.0 / 128);
  CHECK(attained_sign_flip_level(2, kTwoSided, .5) == 0.5);
  ThreadPool pool(1);
  CHECK(sign_flip(Values{1, 2, 3, 4, 5}, kTwoSided, {}, pool)->smallest_p == 1.0 / 16);
  // A zero difference tells nothing: the smallest p is that of the four others.
  CHECK(sign_flip(Values{1, 2, 3, 4, 0}, kTwoSided, {}, pool)->smallest_p == 1.0 / 8);
  CHECK(sign_flip(Values{1, 2, 3, 4, 0}, kTwoSided, {}, pool)->p == 1.0 / 8);
}

TEST_CASE("drawn sign flips agree with the exact ones and with themselves", "[metrics][stats]") {
  const Values exact = normals(20, .3, 2);
  Values drawn = exact;
  drawn.push_back(0.0);  // a 21st difference of 0 changes no share, but is too many to count
  for (const auto alternative : {kTwoSided, kGreater, kLess}) {
    CHECK(flip_p(drawn, alternative, {1, 40000}) == near(flip_p(exact, alternative), 0.01));
  }
  const Values many = normals(1000, .05, 3);
  ThreadPool one(1);
  ThreadPool three(3);
  CHECK(sign_flip(many, kTwoSided, {1, 999}, one)->p ==
        sign_flip(many, kTwoSided, {1, 999}, three)->p);
  CHECK(flip_p(normals(1000, 1.0, 3), kTwoSided, {1, 999}) == near(1.0 / 1000));
  CHECK(flip_p(many, kTwoSided, {1, 999}) == flip_p(negated(many), kTwoSided, {1, 999}));
}

TEST_CASE("sign flips of nothing have a reason", "[metrics][stats]") {
  ThreadPool pool(1);
  CHECK(sign_flip(Values{0, 0, 0}, kTwoSided, {}, pool).reason() == "all 3 differences are 0");
  CHECK(sign_flip(Values{1}, kTwoSided, {}, pool).reason() ==
        "1 differences, 2 or more are needed");
  CHECK_FALSE(sign_flip(Values{1, INFINITY}, kTwoSided, {}, pool).defined());
}

TEST_CASE("Wilcoxon's test gives the hand case exactly", "[metrics][stats]") {
  const Values d = {1, 2, -.5, 3, 1.5};  // METRICS 6.13
  const auto two_sided = wilcoxon(d, kTwoSided, ZeroHandling::kDrop);
  CHECK(two_sided->rank_sum_positive == 14);
  CHECK(two_sided->rank_sum_negative == 1);
  CHECK(two_sided->test.p == .125);
  CHECK(two_sided->test.smallest_p == 1.0 / 16);
  CHECK(two_sided->test.method == "Wilcoxon signed-rank, exact, zeros dropped");
  CHECK(wilcoxon(d, kGreater, ZeroHandling::kDrop)->test.p == .0625);
  CHECK(wilcoxon(d, kLess, ZeroHandling::kDrop)->test.p == 31.0 / 32);
  CHECK(wilcoxon(negated(d), kLess, ZeroHandling::kDrop)->test.p == .0625);
}

TEST_CASE("dropping zeros and Pratt's way give different ranks, and both are as published",
          "[metrics][stats]") {
  const Values d = {0, 0, 1, -2, 3, 4};
  const auto drop = wilcoxon(d, kTwoSided, ZeroHandling::kDrop);
  CHECK(drop->rank_sum_positive == 1 + 3 + 4);
  CHECK(drop->rank_sum_negative == 2);
  CHECK(drop->test.p == 6.0 / 16);  // W+ >= 8 of 10: {8, 9, 10} in 3 of 16 assignments
  const auto pratt = wilcoxon(d, kTwoSided, ZeroHandling::kPratt);
  CHECK(pratt->rank_sum_positive == 3 + 5 + 6);
  CHECK(pratt->rank_sum_negative == 4);
  CHECK((pratt->positive == 3 && pratt->zero == 2 && pratt->negative == 1));
  // Mean (42 - 6) / 4 = 9, variance (6 7 13 - 2 3 5) / 24 = 21.5.
  CHECK(pratt->test.p == near(std::erfc(5.0 / std::sqrt(21.5) / std::sqrt(2.0))));
  CHECK(pratt->test.method == "Wilcoxon signed-rank, normal approximation, Pratt");
}

TEST_CASE("ties share ranks and shrink the variance; rounding does not break them",
          "[metrics][stats]") {
  // |d| = 1 1 2 3: ranks 1.5 1.5 3 4, variance 4 5 9 / 24 - 6 / 48 = 7.375.
  const auto ties = wilcoxon(Values{1, -1, 2, 3}, kTwoSided, ZeroHandling::kDrop);
  CHECK(ties->rank_sum_positive == 8.5);
  CHECK(ties->test.p == near(std::erfc(3.5 / std::sqrt(7.375) / std::sqrt(2.0))));
  const auto rounded =
      wilcoxon(Values{.3 - .2, .1 - .2, .5 - .3, .3, .1 + .2 - .3}, kTwoSided, ZeroHandling::kDrop);
  CHECK(rounded->rank_sum_positive == 8.5);
  CHECK(rounded->zero == 1);
}

TEST_CASE("exact and approximate Wilcoxon meet, and a shift is found", "[metrics][stats]") {
  Values d = normals(50, .2, 4);
  const double exact = wilcoxon(d, kTwoSided, ZeroHandling::kDrop)->test.p;
  d.push_back(1e3);
  d.push_back(-1e4);  // two more, of opposite signs, above all others
  const auto approximate = wilcoxon(d, kTwoSided, ZeroHandling::kDrop);
  CHECK(approximate->test.method == "Wilcoxon signed-rank, normal approximation, zeros dropped");
  CHECK(approximate->test.p == near(exact, 0.03));
  CHECK(wilcoxon(normals(40, 1.5, 5), kTwoSided, ZeroHandling::kDrop)->test.p < 1e-6);
  CHECK(wilcoxon(Values{0, 0}, kTwoSided, ZeroHandling::kPratt).reason() ==
        "all 2 differences are 0");
}

TEST_CASE("the paired t test gives the hand case", "[metrics][stats]") {
  const Values d = {.02, .01, .03, .015, .025};  // METRICS 6.13
  const auto t = paired_t(d, kTwoSided, "seeds");
  CHECK(t->test.statistic == near(5.656854249, 1e-9));
  CHECK(t->test.p == near(.004812678, 1e-9));
  CHECK(t->degrees == 4);
  CHECK(paired_t(d, kGreater, "seeds")->test.p == near(.004812678 / 2, 1e-9));
  CHECK(paired_t(d, kLess, "seeds")->test.p == near(1 - .004812678 / 2, 1e-9));
  // t interval: .02 +- 2.776445 * .0035355339
  CHECK(t->difference.interval.low == near(.02 - 2.7764451052 * .00353553390593, 1e-11));
  CHECK(t->difference.interval.method == "t, seeds");
  CHECK(paired_t(Values{.1, .1, .1}, kTwoSided, "seeds").reason() ==
        "all 3 differences are 0.1: no spread");
  // What rounding leaves of equal differences is no spread either.
  CHECK_FALSE(paired_t(Values{.35 - .33, .22 - .2, .57 - .55}, kTwoSided, "seeds").defined());
}

TEST_CASE("Welch's t test gives a hand case with broken degrees of freedom", "[metrics][stats]") {
  // Means 3 and 8, variances 2.5 and 10 over 5 each: se^2 = 2.5, t = -5 / sqrt(2.5),
  // degrees = 2.5^2 / (.5^2 / 4 + 2^2 / 4) = 5.882352941.
  const auto t = welch_t(Values{1, 2, 3, 4, 5}, Values{4, 6, 8, 10, 12}, kTwoSided, "seeds");
  CHECK(t->test.statistic == near(-5 / std::sqrt(2.5)));
  CHECK(t->degrees == near(6.25 / 1.0625));
  CHECK(t->difference.value == near(-5));
  CHECK(t->test.p > .01);
  CHECK(t->test.p < .025);
  CHECK(t->test.n == 10);
  CHECK(welch_t(Values{1, 1}, Values{2, 2}, kTwoSided, "seeds").reason() ==
        "all values of A are 1 and all of B 2: no spread");
  CHECK(welch_t(Values{1, 1}, Values{2, 3}, kTwoSided, "seeds").defined());
}

TEST_CASE("non-inferiority passes at a margin of .02 and fails at .01", "[metrics][stats]") {
  const Values d = {-.010, -.004, -.012, -.006, -.008};  // METRICS 6.13
  const auto wide = non_inferiority(d, .02);
  CHECK(wide->passed);
  CHECK(wide->test.statistic == near(8.485281374, 1e-9));
  CHECK(wide->test.p == near(.000528782, 1e-9));
  CHECK(wide->lower_bound == near(-.011014887, 1e-9));
  const auto narrow = non_inferiority(d, .01);
  CHECK_FALSE(narrow->passed);
  CHECK(narrow->test.p > .05);
  CHECK_FALSE(non_inferiority(Values{.1, .1}, .01).defined());
}

TEST_CASE("equivalence needs the 90 % interval inside both margins", "[metrics][stats]") {
  const Values d = {-.010, -.004, -.012, -.006, -.008};  // mean -.008, se .0014142
  const auto inside = equivalence(d, -.02, .02, "seeds");
  CHECK(inside->passed);
  CHECK(inside->interval.low == near(-.011014887, 1e-9));
  CHECK(inside->interval.high == near(-.004985113, 1e-9));
  CHECK(inside->interval.level == near(.9));
  CHECK(inside->test.p == near(.000528782, 1e-9));  // of the margin that is nearer
  CHECK_FALSE(equivalence(d, -.01, .01, "seeds")->passed);
  CHECK_FALSE(equivalence(d, -.02, -.006, "seeds")->passed);
  // Not significantly different, and yet not shown to be equal.
  const Values vague = {-.1, .1, -.05, .06};
  CHECK(paired_t(vague, kTwoSided, "seeds")->test.p > .05);
  CHECK_FALSE(equivalence(vague, -.02, .02, "seeds")->passed);
}
