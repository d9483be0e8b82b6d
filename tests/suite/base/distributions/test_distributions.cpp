#include "suite/base/distributions/distributions.hpp"

#include <cmath>
#include <vector>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::distributions;
using tests::near;

TEST_CASE("Normal quantiles are the tabled ones and undo the distribution function",
          "[base][distributions]") {
  CHECK(normal_two_sided_quantile(0.95) == near(1.959963984540054));
  CHECK(normal_quantile(0.95) == near(1.6448536269514722));
  CHECK(normal_cdf(0.0) == 0.5);
  for (const double share : {1e-12, 0.3, 0.9}) {
    CHECK(normal_cdf(normal_quantile(share)) == near(share));
    CHECK(normal_above(-normal_quantile(share)) == near(share));
  }
  CHECK_THROWS_AS(normal_two_sided_quantile(1.0), BrokenInvariant);
}

TEST_CASE("Student's quantiles are the tabled ones, on either side", "[base][distributions]") {
  CHECK(student_quantile(0.975, 1.0) == near(12.706204736, 1e-9));
  CHECK(student_quantile(0.975, 4.0) == near(2.7764451052, 1e-10));
  CHECK(student_quantile(0.975, 11.0) == near(2.200985160, 1e-9));
  CHECK(student_upper_quantile(0.025, 4.0) == near(student_quantile(0.975, 4.0)));
  CHECK(student_cdf(2.7764451052, 4.0) == near(0.975, 1e-11));
  CHECK(student_above(2.7764451052, 4.0) == near(0.025, 1e-11));
}

TEST_CASE("The noncentral t is known cases, mirrored, and complements itself",
          "[base][distributions]") {
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

TEST_CASE("A noncentral t whose series does not end has a value all the same",
          "[base][distributions]") {
  CHECK(noncentral_t_cdf(-100000.0, 99.0, 33.115) == Approx(0.0).margin(1e-12));
  CHECK(noncentral_t_above(-10000.0, 500.0, 23861.0) == Approx(1.0));
  CHECK(noncentral_t_above(10000.0, 500.0, -23861.0) == Approx(0.0).margin(1e-12));
  // T > t when S < noncentrality / t, and the normal's part hardly matters.
  CHECK(noncentral_t_above(23861.0, 500.0, 23861.0) == Approx(0.508410).margin(1e-4));
  for (const double ratio : {0.2, 0.9, 1.0, 1.1, 5.0}) {
    for (const double degrees : {1.0, 2.0, 5.0, 99.0, 500.0}) {
      CAPTURE(ratio, degrees);
      for (const double delta : {9000.0, 12000.0, 20000.0, 29000.0}) {
        const double above = noncentral_t_above(ratio * delta, degrees, delta);
        CHECK(above == Approx(noncentral_t_above(ratio * 31000.0, degrees, 31000.0)).margin(1e-6));
        CHECK(above == Approx(1.0 - noncentral_t_cdf(ratio * delta, degrees, delta)).margin(1e-9));
      }
    }
  }
}

TEST_CASE("A noncentral t beyond its series goes on where the series ends",
          "[base][distributions]") {
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

TEST_CASE("The noncentrality of a share undoes the noncentral t", "[base][distributions]") {
  for (const double share : {0.025, 0.5, 0.975}) {
    CHECK(noncentral_t_cdf(3.0, 9.0, noncentrality_of(3.0, 9.0, share)) == near(share, 1e-9));
  }
}

TEST_CASE("Chi-squared and F meet closed forms", "[base][distributions]") {
  CHECK(chi_squared_above(6.0, 2.0) == near(std::exp(-3.0)));
  CHECK(fisher_f_above(1.0, 7.0, 7.0) == near(0.5));
}

TEST_CASE("The range of normals undoes its quantile", "[base][distributions]") {
  CHECK(normal_range_cdf(normal_range_quantile(.7, 4), 4) == near(.7, 1e-10));
  // The difference of two normals has the standard deviation sqrt(2).
  CHECK(normal_range_cdf(1.5, 2) == near(2.0 * normal_cdf(1.5 / std::sqrt(2.0)) - 1.0));
  CHECK(normal_range_cdf(-1.0, 3) == 0.0);
}

TEST_CASE("The upper tail of fair coins is its sum", "[base][distributions]") {
  CHECK(binomial_half_at_least(0, 4) == 1.0);
  CHECK(binomial_half_at_least(3, 4) == Approx(5.0 / 16.0));
  CHECK(binomial_half_at_least(9, 9) == Approx(1.0 / 512.0));
  CHECK(binomial_half_at_least(1, 1) == Approx(0.5));
}

TEST_CASE("Harmonic numbers are their sums", "[base][distributions]") {
  double sum = 0.0;
  double squares = 0.0;
  // By terms up to 50, by a series above.
  for (std::uint64_t n = 1; n <= 3000; ++n) {
    const auto k = static_cast<double>(n);
    sum += 1.0 / k;
    squares += 1.0 / k / k;
    CHECK(harmonic(n) == near(sum, 1e-13));
    CHECK(harmonic_squares(n) == near(squares, 1e-13));
  }
}

TEST_CASE("A root is found between its signs", "[base][distributions]") {
  CHECK(root_between([](double x) { return x * x - 2.0; }, 0.0, 2.0, 40) ==
        near(std::sqrt(2.0), 1e-11));
}
