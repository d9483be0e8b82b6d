#include "suite/base/vectors/portable_math.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include <hwy/highway.h>
// Behind the one that it needs.
#include <hwy/contrib/math/math-inl.h>

// Not compiled for several sets of instructions: a single number is the same work for all of them.
HWY_BEFORE_NAMESPACE();
namespace kgaudit::portable {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// exp of what lies beyond is no finite double, and no double above 0.
constexpr double kMostExponent = 709.782712893384;
constexpr double kLeastExponent = -745.1332191019412;

using One = hn::CappedTag<double, 1>;

hn::Vec<One> lane(double x) { return hn::Set(One(), x); }
double number(hn::Vec<One> v) { return hn::GetLane(v); }

}  // namespace

double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > kMostExponent) return kInfinity;
  if (x < kLeastExponent) return 0.0;
  return number(hn::Exp(One(), lane(x)));
}

double log(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x <= 0.0) return x == 0.0 ? -kInfinity : kNan;
  return number(hn::Log(One(), lane(x)));
}

double log1p(double x) {
  if (std::isnan(x) || x == kInfinity) return x;
  if (x <= -1.0) return x == -1.0 ? -kInfinity : kNan;
  return number(hn::Log1p(One(), lane(x)));
}

double log2(double x) {
  if (!(x > 0.0) || x == kInfinity) return log(x);
  // The exponent apart from the rest, which lies around 1: powers of two are whole, and nothing
  // cancels near 1.
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < std::numbers::sqrt2 / 2.0) {
    mantissa *= 2.0;
    --exponent;
  }
  return static_cast<double>(exponent) + log(mantissa) * std::numbers::log2e;
}

double sin(double x) {
  if (!std::isfinite(x)) return kNan;
  return number(hn::Sin(One(), lane(x)));
}

double cos(double x) {
  if (!std::isfinite(x)) return kNan;
  return number(hn::Cos(One(), lane(x)));
}

double tanh(double x) {
  if (std::isnan(x)) return x;
  constexpr double kAllButOne = 20.0;  // tanh rounds to 1 from 19.1 on
  if (std::abs(x) > kAllButOne) return std::copysign(1.0, x);
  return number(hn::Tanh(One(), lane(x)));
}

double atan2(double y, double x) {
  if (std::isnan(x) || std::isnan(y)) return kNan;
  if (y == 0.0 && x == 0.0) return 0.0;
  // By the smaller quotient, which neither overflows nor divides by 0.
  const bool steep = std::abs(y) > std::abs(x);
  const double quotient = steep ? std::abs(x) / std::abs(y) : std::abs(y) / std::abs(x);
  double angle = number(hn::Atan(One(), lane(quotient)));
  if (steep) angle = std::numbers::pi / 2.0 - angle;
  if (x < 0.0) angle = std::numbers::pi - angle;
  return std::copysign(angle, y);
}

double pow(double base, double exponent) {
  if (exponent == 0.0) return 1.0;
  return exp(exponent * log(base));
}

double power(double base, std::uint64_t n) {
  double result = 1.0;
  for (; n != 0; n >>= 1U) {
    if ((n & 1U) != 0) result *= base;
    base *= base;
  }
  return result;
}

}  // namespace kgaudit::portable
HWY_AFTER_NAMESPACE();
