#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "suite/base/rng.hpp"
#include "suite/base/vectors/portable_math.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Units in the last place between a result and what it should be.
double units_between(double got, long double wanted) {
  const auto rounded = static_cast<double>(wanted);
  const double unit = std::nextafter(std::abs(rounded), kInfinity) - std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<long double>(got) - wanted)) / unit;
}

/// The largest error over draws from [low, high].
double largest_error(const std::function<double(double)>& function,
                     const std::function<long double(long double)>& exact, double low,
                     double high) {
  Rng rng(3, "portable math");
  double largest = 0.0;
  for (int draw = 0; draw < 20000; ++draw) {
    const double x = rng.uniform(low, high);
    largest = std::max(largest, units_between(function(x), exact(x)));
  }
  return largest;
}

using Exact = long double (*)(long double);

}  // namespace

TEST_CASE("Elementary functions are within four units in the last place", "[base]") {
  constexpr double kMost = 4.0;
  constexpr Exact exp = &std::exp;
  constexpr Exact log = &std::log;
  constexpr Exact log1p = &std::log1p;
  constexpr Exact log2 = &std::log2;
  constexpr Exact tanh = &std::tanh;
  const auto portable_exp = [](double x) { return portable::exp(x); };
  CHECK(largest_error(portable_exp, exp, -700.0, 700.0) <= kMost);
  CHECK(largest_error(portable_exp, exp, -1.0, 1.0) <= kMost);
  CHECK(largest_error(&portable::log, log, 1e-300, 1e-3) <= kMost);
  CHECK(largest_error(&portable::log, log, 0.5, 2.0) <= kMost);
  CHECK(largest_error(&portable::log, log, 2.0, 1e300) <= kMost);
  CHECK(largest_error(&portable::log1p, log1p, -0.9, 0.9) <= kMost);
  CHECK(largest_error(&portable::log1p, log1p, 0.0, 1e-9) <= kMost);
  CHECK(largest_error(&portable::log2, log2, 0.5, 2.0) <= kMost);
  CHECK(largest_error(&portable::log2, log2, 2.0, 1e9) <= kMost);
  CHECK(largest_error(&portable::tanh, tanh, -3.0, 3.0) <= kMost);
}

TEST_CASE("Sine and cosine are within a few units of a turn's size", "[base]") {
  Rng rng(4, "portable math");
  for (int draw = 0; draw < 20000; ++draw) {
    const double x = rng.uniform(-20.0, 20.0);
    CHECK(std::abs(static_cast<long double>(portable::sin(x)) -
                   std::sin(static_cast<long double>(x))) < 5e-16L);
    CHECK(std::abs(static_cast<long double>(portable::cos(x)) -
                   std::cos(static_cast<long double>(x))) < 5e-16L);
  }
}

TEST_CASE("The angle of a point is right in every quadrant and on the axes", "[base]") {
  constexpr double kPi = std::numbers::pi;
  CHECK(portable::atan2(0.0, 0.0) == 0.0);
  CHECK(portable::atan2(0.0, 2.0) == 0.0);
  CHECK(portable::atan2(2.0, 0.0) == kPi / 2.0);
  CHECK(portable::atan2(-2.0, 0.0) == -kPi / 2.0);
  CHECK(portable::atan2(0.0, -2.0) == kPi);
  CHECK(portable::atan2(1e300, 1e-300) == kPi / 2.0);
  Rng rng(5, "portable math");
  for (int draw = 0; draw < 20000; ++draw) {
    const double y = rng.normal();
    const double x = rng.normal();
    const long double exact = std::atan2(static_cast<long double>(y), static_cast<long double>(x));
    CHECK(std::abs(static_cast<long double>(portable::atan2(y, x)) - exact) < 1e-15L);
  }
}

TEST_CASE("Poles, overflows and what is no number are those of the C library", "[base]") {
  CHECK(portable::exp(0.0) == 1.0);
  CHECK(portable::exp(710.0) == kInfinity);
  CHECK(portable::exp(kInfinity) == kInfinity);
  CHECK(portable::exp(-746.0) == 0.0);
  CHECK(portable::exp(-kInfinity) == 0.0);
  CHECK(portable::exp(-744.0) > 0.0);
  CHECK(portable::exp(709.7) < kInfinity);
  CHECK(portable::exp(0.0F) == 1.0F);
  CHECK(portable::exp(-200.0F) == 0.0F);
  CHECK(portable::exp(100.0F) == std::numeric_limits<float>::infinity());
  CHECK(portable::log(1.0) == 0.0);
  CHECK(portable::log(0.0) == -kInfinity);
  CHECK(portable::log(kInfinity) == kInfinity);
  CHECK(std::isnan(portable::log(-1.0)));
  CHECK(portable::log(std::numeric_limits<double>::denorm_min()) == near(-744.4400719213812));
  CHECK(portable::log1p(0.0) == 0.0);
  CHECK(portable::log1p(-1.0) == -kInfinity);
  CHECK(std::isnan(portable::log1p(-1.5)));
  CHECK(portable::tanh(0.0) == 0.0);
  CHECK(portable::tanh(50.0) == 1.0);
  CHECK(portable::tanh(-kInfinity) == -1.0);
  CHECK(portable::log2(0.0) == -kInfinity);
  CHECK(std::isnan(portable::sin(kInfinity)));
  CHECK(std::isnan(portable::cos(kNan)));
  for (const auto& of_nan :
       {portable::exp(kNan), portable::log(kNan), portable::log1p(kNan), portable::log2(kNan),
        portable::tanh(kNan), portable::pow(kNan, 2.0), portable::atan2(kNan, 1.0)}) {
    CHECK(std::isnan(of_nan));
  }
}

TEST_CASE("Logarithms of powers of two are whole", "[base]") {
  for (int e = -1000; e <= 1000; ++e) {
    CHECK(portable::log2(std::ldexp(1.0, e)) == static_cast<double>(e));
  }
}

TEST_CASE("A power is the product of its factors, or the exponential of its logarithm", "[base]") {
  CHECK(portable::power(3.0, 0) == 1.0);
  CHECK(portable::power(3.0, 5) == 243.0);
  CHECK(portable::power(0.9, 1) == 0.9);
  CHECK(portable::power(0.5, 1074) == std::numeric_limits<double>::denorm_min());
  CHECK(portable::power(0.999, 2000) == near(std::pow(0.999, 2000), 1e-13));
  CHECK(portable::pow(10.0, -0.5) == near(std::pow(10.0, -0.5), 1e-15));
  CHECK(portable::pow(7.0, 0.0) == 1.0);
  CHECK(portable::pow(0.0, 2.0) == 0.0);
  CHECK(portable::pow(0.0, -1.0) == kInfinity);
}
