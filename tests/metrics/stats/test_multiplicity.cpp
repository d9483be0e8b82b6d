#include "metrics/stats/multiplicity.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

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
