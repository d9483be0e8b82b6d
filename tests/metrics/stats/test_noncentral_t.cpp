#include <cmath>

#include "metrics/stats/effect_size.hpp"
#include "metrics/stats/noncentral_t.hpp"
#include "metrics/stats/power.hpp"
#include "metrics/stats/t_test.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit::metrics::stats;
using Values = std::vector<double>;

TEST_CASE("the noncentral t is known cases, mirrored, and complements itself", "[metrics][stats]") {
  CHECK(noncentral_t_cdf(0.0, 5.0, 0.0) == Approx(0.5));
  CHECK(noncentral_t_cdf(12.706204736, 1.0, 0.0) == Approx(0.975));
  // T <= 0 when Z <= -noncentrality.
  CHECK(noncentral_t_cdf(0.0, 3.0, 1.0) == Approx(0.158655253931457));
  for (const double delta : {-4.0e15, -70000.0, -3.0, 0.0, 2.0, 70000.0, 4.0e15}) {
    for (const double t : {-70000.0, -1.0, 0.5, 3.0, 100000.0, 4.0e15}) {
      CAPTURE(delta, t);
      const double below = noncentral_t_cdf(t, 4.0, delta);
      CHECK(below >= 0.0);
      CHECK(below <= 1.0);
      CHECK(noncentral_t_above(t, 4.0, delta) == Approx(1.0 - below).margin(1e-12));
      CHECK(noncentral_t_cdf(-t, 4.0, -delta) == Approx(1.0 - below).margin(1e-12));
    }
  }
}

TEST_CASE("a noncentral t beyond its series goes on where the series ends", "[metrics][stats]") {
  for (const double degrees : {1.0, 4.0, 30.0}) {
    for (const double ratio : {0.5, 0.9, 1.0, 1.2, 3.0}) {
      CAPTURE(degrees, ratio);
      CHECK(noncentral_t_cdf(29'999.0 * ratio, degrees, 29'999.0) ==
            Approx(noncentral_t_cdf(30'001.0 * ratio, degrees, 30'001.0)).margin(1e-7));
    }
  }
  // S = sqrt(chi-squared_1): the 2.5 and 97.5 % points of a normal's size.
  CHECK(noncentral_t_cdf(1e9 / 0.0313379759, 1.0, 1e9) == Approx(0.975).margin(1e-7));
  CHECK(noncentral_t_cdf(1e9 / 2.2414027276, 1.0, 1e9) == Approx(0.025).margin(1e-7));
}

TEST_CASE("seeds that all but agree have an effect, a power and no error", "[metrics][stats]") {
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
  const Values near = differences(Values{1.0, 1.0 + 1e-13}, Values{0.5, 0.5});
  CHECK(near[0] != near[1]);
  const Values broken = differences(Values{1.0, std::nan("")}, Values{0.5, 0.5});
  CHECK(std::isnan(broken[1]));
}
