#include "metrics/stats/power.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

TEST_CASE("The number of seeds is that of the power tables", "[metrics][stats]") {
  // Cohen's tables by G*Power: paired, two-sided 5 %, power 80 %: dz .5 -> 34, .8 -> 15, 1 -> 10.
  CHECK(seeds_needed(5, 1.0, .5)->total == 34);
  CHECK(seeds_needed(5, 1.0, .5)->further == 29);
  CHECK(seeds_needed(5, 2.0, -1.6)->total == 15);
  CHECK(seeds_needed(20, 1.0, 1.0)->total == 10);
  CHECK(seeds_needed(20, 1.0, 1.0)->further == 0);
  PowerPlan one_sided;
  one_sided.alternative = Alternative::kLess;
  CHECK(seeds_needed(0, 1.0, .5, one_sided)->total == 27);
  CHECK_FALSE(seeds_needed(0, 1.0, 0.0).defined());
  CHECK_FALSE(seeds_needed(0, 1.0, 1e-4).defined());
}

TEST_CASE("The minimum detectable difference is what the power says", "[metrics][stats]") {
  const auto least = minimum_detectable_difference(10, .02);
  CHECK(power_of_t(10, .02, *least) == near(.8, 1e-8));
  CHECK(seeds_needed(0, .02, *least * 1.000001)->total == 10);
  CHECK(power_of_t(10, .02, 0.0) == near(.05, 1e-9));
  CHECK(*minimum_detectable_difference(10, .04) == near(2 * *least, 1e-10));
  CHECK(minimum_detectable_difference(1, .02).reason() == "1 seeds, 2 or more are needed");
  CHECK_FALSE(minimum_detectable_difference(5, 0.0).defined());
  CHECK(*minimum_detectable_difference(20466, .19) > 0.0);
}
