#include "metrics/stats/multiplicity.hpp"

#include <limits>
#include <numeric>

#include "suite/base/distributions/distributions.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using kgaudit::tests::near;

namespace {

void check_near(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).margin(1e-15));
}

}  // namespace

TEST_CASE("Holm's adjustment gives the hand cases, in the order given", "[metrics][stats]") {
  check_near(holm(std::vector{.03, .01, .02}), {.04, .03, .04});
  check_near(holm(std::vector{.01, .04, .03}), {.03, .06, .06});
  check_near(holm(std::vector{.01, .02, .03, .04}), {.04, .06, .06, .06});
  check_near(holm(std::vector{.4, .9}), {.8, .9});
  check_near(holm(std::vector{.6, .9}), {1.0, 1.0});
  check_near(holm(std::vector<double>{}), {});
  CHECK_THROWS_AS(holm(std::vector{1.1}), BrokenInvariant);
}

TEST_CASE("Holm's adjustment with weights gives the hand cases and, with equal ones, Holm's own",
          "[metrics][stats]") {
  // .01 / 3 < .02 / 1: first .01 (3 + 1) / 3, then .02 alone.
  check_near(weighted_holm(std::vector{.02, .01}, std::vector{1.0, 3.0}), {.02, .04 / 3.0});
  // The heavier test stands first although its p is larger: .03 / 6 < .01 / 1.
  check_near(weighted_holm(std::vector{.01, .03}, std::vector{1.0, 6.0}), {.035, .035});
  check_near(weighted_holm(std::vector{.6, .9}, std::vector{1.0, 2.0}), {1.0, 1.0});
  check_near(weighted_holm(std::vector<double>{}, std::vector<double>{}), {});
  const std::vector<double> p = {.03, .001, .02, .2, .04};
  for (const double weight : {1.0, 0.004}) {
    CAPTURE(weight);
    check_near(weighted_holm(p, std::vector<double>(p.size(), weight)), holm(p));
  }
  CHECK_THROWS_AS(weighted_holm(std::vector{.1}, std::vector{0.0}), BrokenInvariant);
  CHECK_THROWS_AS(weighted_holm(std::vector{.1}, std::vector{1.0, 1.0}), BrokenInvariant);
}

TEST_CASE("Alpha is shared so that all planned tests find their effects equally often",
          "[metrics][stats]") {
  constexpr double kNormal = std::numeric_limits<double>::infinity();
  const auto sum = [](const std::vector<double>& shares) {
    return std::accumulate(shares.begin(), shares.end(), 0.0);
  };
  // Alike: a half each.
  const std::vector<double> alike =
      shares_of_alpha(std::vector<PlannedTest>{{3.0, 10.0}, {3.0, 10.0}}, 0.05);
  check_near(alike, {0.025, 0.025});
  // By hand: P(Z > 2 - c) + P(Z > 4 - c) = .05 at c = .3523..., so .0497 and .0001; of each
  // nine tenths, and a tenth of alpha in halves.
  const std::vector<double> unlike =
      shares_of_alpha(std::vector<PlannedTest>{{2.0, kNormal}, {4.0, kNormal}}, 0.05);
  CHECK(sum(unlike) == near(0.05));
  const double z = distributions::normal_quantile(1.0 - (unlike[0] - 0.0025) / 0.9);
  const double other = distributions::normal_quantile(1.0 - (unlike[1] - 0.0025) / 0.9);
  CHECK(other - z == near(2.0, 1e-6));
  // A test without any chance and one that cannot fail both keep their part of a tenth.
  const std::vector<double> extreme =
      shares_of_alpha(std::vector<PlannedTest>{{1e-6, 5.0}, {1e6, 5.0}, {3.0, kNormal}}, 0.05);
  CHECK(sum(extreme) == near(0.05));
  for (const double share : extreme) CHECK(share >= 0.1 * 0.05 / 3.0);
  CHECK(shares_of_alpha({}, 0.05).empty());
  CHECK_THROWS_AS(shares_of_alpha(std::vector<PlannedTest>{{0.0, 5.0}}, 0.05), BrokenInvariant);
}

TEST_CASE("A family counts every declared hypothesis, tested or not", "[metrics][stats]") {
  const Family family{"gender", {"kl", "bose", "kl+attr"}};
  const std::vector<Tested> tests = {{"kl+attr", .03}, {"kl", .01}, {"bose", std::nullopt}};
  const auto adjusted = adjust(family, tests);
  REQUIRE(adjusted.size() == 3);
  CHECK(adjusted[0].hypothesis == "kl");
  CHECK(*adjusted[0].adjusted_p == Approx(.03));
  CHECK_FALSE(adjusted[1].adjusted_p);
  CHECK(*adjusted[2].adjusted_p == Approx(.06));
  // A test that was never run weighs as much.
  CHECK(*adjust(family, std::vector<Tested>{{"kl", .01}})[0].adjusted_p == Approx(.03));
}

TEST_CASE("A test outside the declared family is refused", "[metrics][stats]") {
  const Family family{"gender", {"kl", "bose"}};
  CHECK_THROWS_WITH(adjust(family, std::vector<Tested>{{"new", .01}}),
                    Catch::Contains("family 'gender'") && Catch::Contains("a test of 'new'"));
  CHECK_THROWS_AS(adjust(family, std::vector<Tested>{{"kl", .01}, {"kl", .02}}), InputError);
  CHECK_THROWS_AS(adjust({"twice", {"kl", "kl"}}, {}), InputError);
}
