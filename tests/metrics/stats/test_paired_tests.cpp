#include <cmath>

#include "metrics/stats/margin.hpp"
#include "metrics/stats/sign_flip.hpp"
#include "metrics/stats/t_test.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Values = std::vector<double>;

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

TEST_CASE("the sign-flip test says the smallest p that it can give", "[metrics][stats]") {
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

TEST_CASE("differences that only rounding tells apart have no spread", "[metrics][stats]") {
  // 193 of 262 less 115 of 262, and 230 less 152: 78 persons both times, and yet two doubles.
  const double persons = 262.0;
  const Values a = {193.0 / persons, 230.0 / persons};
  const Values b = {115.0 / persons, 152.0 / persons};
  REQUIRE(a[0] - b[0] != a[1] - b[1]);
  const Values d = differences(a, b);
  CHECK(d[0] == d[1]);
  CHECK(d[0] == a[0] - b[0]);
  CHECK_FALSE(paired_t(d, Alternative::kTwoSided, "seeds").defined());
  // One person more is a difference, and so is what lies far above rounding.
  CHECK(differences(a, Values{115.0 / persons, 151.0 / persons})[1] != d[0]);
  const Values close = differences(Values{1.0, 1.0 + 1e-13}, Values{0.5, 0.5});
  CHECK(close[0] != close[1]);
  const Values broken = differences(Values{1.0, std::nan("")}, Values{0.5, 0.5});
  CHECK(std::isnan(broken[1]));
}
