#include "metrics/stats/sign_flip.hpp"

#include <cmath>
#include <vector>

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

TEST_CASE("Five differences of one sign give one of 32 sign assignments", "[metrics][stats]") {
  const Values d = {.02, .01, .03, .015, .025};
  ThreadPool pool(1);
  const auto greater = sign_flip(d, kGreater, {}, pool);
  CHECK(greater->p == 1.0 / 32);
  CHECK(greater->statistic == near(.02));
  CHECK(greater->method == "sign-flip, exact");
  CHECK(flip_p(d, kTwoSided) == 2.0 / 32);
  CHECK(flip_p(d, kLess) == 1.0);
  CHECK(flip_p(negated(d), kLess) == 1.0 / 32);
}

TEST_CASE("Sums that are equal on paper are equal to the sign-flip test", "[metrics][stats]") {
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

TEST_CASE("The sign-flip test says the smallest p that it can give", "[metrics][stats]") {
  ThreadPool pool(1);
  CHECK(sign_flip(Values{1, 2, 3, 4, 5}, kTwoSided, {}, pool)->smallest_p == 1.0 / 16);
  // A zero difference tells nothing: the smallest p is that of the four others.
  CHECK(sign_flip(Values{1, 2, 3, 4, 0}, kTwoSided, {}, pool)->smallest_p == 1.0 / 8);
  CHECK(sign_flip(Values{1, 2, 3, 4, 0}, kTwoSided, {}, pool)->p == 1.0 / 8);
}

TEST_CASE("Drawn sign flips agree with the exact ones and with themselves", "[metrics][stats]") {
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

TEST_CASE("Sign flips of nothing have a reason", "[metrics][stats]") {
  ThreadPool pool(1);
  CHECK(sign_flip(Values{0, 0, 0}, kTwoSided, {}, pool).reason() == "all 3 differences are 0");
  CHECK(sign_flip(Values{1}, kTwoSided, {}, pool).reason() ==
        "1 differences, 2 or more are needed");
  CHECK_FALSE(sign_flip(Values{1, INFINITY}, kTwoSided, {}, pool).defined());
}
