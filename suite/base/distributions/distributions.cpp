#include "suite/base/distributions/distributions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/tools/roots.hpp>

#include "suite/base/error.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::distributions {
namespace {

using boost::math::cdf;
using boost::math::complement;
using boost::math::quantile;
// In double throughout: `long double`, which Boost takes by default, has another size on ARM, and
// its functions are other instructions with every maker of x86-64 processors.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using ChiSquared = boost::math::chi_squared_distribution<double, InDouble>;
using FisherF = boost::math::fisher_f_distribution<double, InDouble>;
// Its series ends within these terms where it ends at all: without a limit a call may take seconds.
using InSeries =
    boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                  boost::math::policies::max_series_iterations<50'000>>;
using NoncentralT = boost::math::non_central_t_distribution<double, InSeries>;
using Normal = boost::math::normal_distribution<double, InDouble>;
using StudentsT = boost::math::students_t_distribution<double, InDouble>;

constexpr std::uint64_t kTerms = 50;  // of a harmonic number that are added one by one

/// The sum of term(k) for k = n, n - 1 ... 1: small ones first.
template <typename F>
double sum_of_terms(std::uint64_t n, const F& term) {
  double sum = 0.0;
  for (std::uint64_t k = n; k >= 1; --k) sum += term(static_cast<double>(k));
  return sum;
}

constexpr double kSummable = 30'000.0;  // the series counts to noncentrality^2 / 2 in an int

/// P(noncentrality / S > t) for a positive noncentrality.
double above_without_z(double t, double degrees, double noncentrality) {
  if (t <= 0.0) return 1.0;
  // Capped where the square would overflow and the answer is 1.
  const double ratio = std::min(noncentrality / t, 1e100);
  return cdf(ChiSquared(degrees), degrees * ratio * ratio);
}

/// P(T > t) of a noncentral t, by integrating over S: slower than the series, but it always ends.
double above_by_quadrature(double t, double degrees, double noncentrality) {
  constexpr double kReach = 12.0;  // in deviations; what lies beyond is below 1e-30
  const double half = degrees / 2.0;
  const double scale =
      portable::log(2.0) + half * portable::log(half) - boost::math::lgamma(half, InDouble());
  const auto density = [&](double s) {
    const double log_density =
        scale + (s > 0.0 ? (degrees - 1.0) * portable::log(s) : 0.0) - half * s * s;
    return portable::exp(log_density) * normal_above(t * s - noncentrality);
  };
  const double spread = kReach / std::sqrt(2.0 * degrees);
  const double low = std::max(0.0, 1.0 - spread);
  const double high = 1.0 + spread;
  // The normal's part falls from 1 to 0 within a few 1 / t about here.
  const double fall = std::clamp(noncentrality / t, low, high);
  const double width = std::min(kReach / std::abs(t), high - low);
  const std::array<double, 5> ends = {low, std::max(low, fall - width), fall,
                                      std::min(high, fall + width), high};
  double sum = 0.0;
  for (std::size_t i = 1; i < ends.size(); ++i) {
    if (!(ends[i] > ends[i - 1])) continue;
    sum += boost::math::quadrature::gauss_kronrod<double, 61>::integrate(density, ends[i - 1],
                                                                         ends[i], 8, 1e-12);
  }
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace

double normal_cdf(double x) { return cdf(Normal(), x); }
double normal_above(double x) { return cdf(complement(Normal(), x)); }
double normal_quantile(double share) { return quantile(Normal(), share); }
double normal_two_sided_quantile(double level) {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  return normal_quantile(0.5 + level / 2.0);
}

double student_cdf(double t, double degrees) { return cdf(StudentsT(degrees), t); }
double student_above(double t, double degrees) { return cdf(complement(StudentsT(degrees), t)); }
double student_quantile(double share, double degrees) {
  return quantile(StudentsT(degrees), share);
}
double student_upper_quantile(double share, double degrees) {
  return quantile(complement(StudentsT(degrees), share));
}

double noncentral_t_cdf(double t, double degrees, double noncentrality) {
  if (noncentrality < -kSummable) return above_without_z(-t, degrees, -noncentrality);
  if (noncentrality > kSummable) return 1.0 - above_without_z(t, degrees, noncentrality);
  try {
    return cdf(NoncentralT(degrees, noncentrality), t);
  } catch (const boost::math::evaluation_error&) {
    return above_by_quadrature(-t, degrees, -noncentrality);
  }
}

double noncentral_t_above(double t, double degrees, double noncentrality) {
  if (std::abs(noncentrality) > kSummable) return noncentral_t_cdf(-t, degrees, -noncentrality);
  try {
    return cdf(complement(NoncentralT(degrees, noncentrality), t));
  } catch (const boost::math::evaluation_error&) {
    return above_by_quadrature(t, degrees, noncentrality);
  }
}

double noncentrality_of(double t, double degrees, double share) {
  KGA_REQUIRE(share > 0.0 && share < 1.0, "share = {}", share);
  const auto excess = [&](double noncentrality) {
    return noncentral_t_cdf(t, degrees, noncentrality) - share;
  };
  double reach = 8.0 + std::abs(t);
  while (excess(t - reach) < 0.0 || excess(t + reach) > 0.0) reach *= 1.5;
  return root_between(excess, t - reach, t + reach, 40);
}

double chi_squared_above(double x, double degrees) {
  return cdf(complement(ChiSquared(degrees), x));
}
double fisher_f_above(double f, double degrees, double other_degrees) {
  return cdf(complement(FisherF(degrees, other_degrees), f));
}

double binomial_half_at_least(std::uint64_t k, std::uint64_t n) {
  KGA_REQUIRE(k <= n, "{} of {}", k, n);
  if (k == 0) return 1.0;
  // The incomplete beta function sums the tail.
  return boost::math::ibeta(static_cast<double>(k), static_cast<double>(n - k + 1), 0.5,
                            InDouble());
}

double normal_range_cdf(double range, std::size_t groups) {
  KGA_REQUIRE(groups >= 2, "groups = {}", groups);
  if (!(range > 0.0)) return 0.0;
  const Normal normal;
  const auto density = [&](double largest) {
    const double inside = cdf(normal, largest) - cdf(normal, largest - range);
    return pdf(normal, largest) * portable::power(inside, groups - 1);
  };
  // phi is below 1e-22 outside.
  constexpr double kReach = 10.0;
  const double integral = boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
      density, -kReach, kReach, 8, 1e-12);
  return std::min(1.0, static_cast<double>(groups) * integral);
}

double normal_range_quantile(double share, std::size_t groups) {
  KGA_REQUIRE(share > 0.0 && share < 1.0, "share = {}", share);
  const auto excess = [&](double range) { return normal_range_cdf(range, groups) - share; };
  // At 20, twice the reach of any normal, the distribution is 1 to the last bit.
  return root_between(excess, 0.0, 20.0, 40);
}

// By the terms up to kTerms, and above by the series of Euler and Maclaurin, whose next term is
// below 1e-16 there. Not Boost's digamma and trigamma: these figures are no p-values, and shall be
// the same bits everywhere.
double harmonic(std::uint64_t count) {
  if (count <= kTerms) return sum_of_terms(count, [](double k) { return 1.0 / k; });
  const auto n = static_cast<double>(count);
  const double square = 1.0 / (n * n);
  return portable::log(n) + boost::math::constants::euler<double>() + 0.5 / n -
         square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0));
}
double harmonic_squares(std::uint64_t count) {
  if (count <= kTerms) return sum_of_terms(count, [](double k) { return 1.0 / (k * k); });
  const auto n = static_cast<double>(count);
  const double square = 1.0 / (n * n);
  return boost::math::constants::pi_sqr_div_six<double>() - 1.0 / n + 0.5 * square -
         square / n * (1.0 / 6.0 - square * (1.0 / 30.0 - square / 42.0));
}

double root_between(const std::function<double(double)>& f, double low, double high, int bits) {
  std::uintmax_t steps = 200;
  const auto [below, above] = boost::math::tools::toms748_solve(
      f, low, high, boost::math::tools::eps_tolerance<double>(static_cast<unsigned>(bits)), steps);
  return (below + above) / 2.0;
}

}  // namespace kgaudit::distributions
