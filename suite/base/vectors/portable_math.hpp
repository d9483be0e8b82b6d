#pragma once

#include <cstdint>

namespace kgaudit::portable {

// Elementary functions with the same bits on every processor and with every C library: glibc has
// several versions of each and picks one by the processor. They are Highway's, one number at a
// time. Whatever reaches a record uses these and not those of <cmath>, but for p-values and
// quantiles (Boost.Math). Square roots, which IEEE 754 rounds in one way only, come from <cmath>.
//
// Errors are at most 4 units in the last place of the result; of sine and cosine in that of 1. As
// in <cmath>, nan gives nan, and poles and overflows give infinities.

[[nodiscard]] double exp(double x);
/// Of x >= 0; nan below.
[[nodiscard]] double log(double x);
/// log(1 + x), exact to the last places for small x. x >= -1; nan below.
[[nodiscard]] double log1p(double x);
/// log(x) / log(2); whole for powers of 2.
[[nodiscard]] double log2(double x);
/// |x| up to 10^6 (the error grows with |x|; angles here are within a few turns).
[[nodiscard]] double sin(double x);
[[nodiscard]] double cos(double x);
[[nodiscard]] double tanh(double x);
/// The angle of the point (x, y) in [-pi, pi]; 0 for the origin, nan for two infinities.
[[nodiscard]] double atan2(double y, double x);
/// base^exponent for base >= 0, as exp(exponent log(base)): its relative error is about 1e-16 times
/// |exponent log(base)|. nan for a base of nan, unless the exponent is 0.
[[nodiscard]] double pow(double base, double exponent);
/// base^n by repeated squaring.
[[nodiscard]] double power(double base, std::uint64_t n);

/// exp of a float, computed as a double.
[[nodiscard]] inline float exp(float x) { return static_cast<float>(exp(static_cast<double>(x))); }

}  // namespace kgaudit::portable
