#include "metrics/stats/effect_size.hpp"

#include <cmath>
#include <span>
#include <vector>

#include "metrics/stats/power.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Values = std::vector<double>;

}  // namespace

TEST_CASE("Cohen's dz gives the hand case, its interval that of the noncentral t",
          "[metrics][stats]") {
  const Values d = {.02, .01, .03, .015, .025};
  const auto dz = cohen_dz(d, "seeds");
  CHECK(dz->value == near(2.529822128, 1e-9));
  CHECK(dz->interval.low > 0.0);
  CHECK(dz->interval.low < 1.0);
  CHECK(dz->interval.high > 4.0);
  CHECK(dz->interval.method == "noncentral t, seeds");
  CHECK_FALSE(cohen_dz(Values{1, 1}, "seeds").defined());
}

TEST_CASE("The two intervals of dz meet where one takes over from the other", "[metrics][stats]") {
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

TEST_CASE("Seeds that all but agree have an effect, a power and no error", "[metrics][stats]") {
  const Values d = {0.8, 0.8 + 1e-9, 0.8 - 1e-9};
  const auto dz = cohen_dz(d, "seeds");
  REQUIRE(dz.defined());
  CHECK(dz->value == Approx(8e8));
  CHECK(dz->interval.low < dz->value);
  CHECK(dz->interval.high > dz->value);
  CHECK(std::isfinite(dz->interval.high));
  CHECK(power_of_t(2, 1e-16, 0.3) == Approx(1.0));
  const auto seeds = seeds_needed(2, 1e-16, 0.3);
  REQUIRE(seeds.defined());
  CHECK(seeds->total == 2);
}
