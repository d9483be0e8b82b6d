#include "metrics/stats/noncentral_t.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_t.hpp>

namespace kgaudit::metrics::stats {
namespace {

constexpr double kSummable = 30'000.0;  // the series counts to noncentrality^2 / 2 in an int

/// P(noncentrality / S > t) for a positive noncentrality.
double above_without_z(double t, double degrees, double noncentrality) {
  if (t <= 0.0) return 1.0;
  // Capped where the square would overflow and the answer is 1.
  const double ratio = std::min(noncentrality / t, 1e100);
  return boost::math::cdf(boost::math::chi_squared_distribution<double>(degrees),
                          degrees * ratio * ratio);
}

}  // namespace

double noncentral_t_cdf(double t, double degrees, double noncentrality) {
  if (noncentrality < -kSummable) return above_without_z(-t, degrees, -noncentrality);
  if (noncentrality > kSummable) return 1.0 - above_without_z(t, degrees, noncentrality);
  return boost::math::cdf(boost::math::non_central_t_distribution<double>(degrees, noncentrality),
                          t);
}

double noncentral_t_above(double t, double degrees, double noncentrality) {
  if (std::abs(noncentrality) > kSummable) return noncentral_t_cdf(-t, degrees, -noncentrality);
  return boost::math::cdf(boost::math::complement(
      boost::math::non_central_t_distribution<double>(degrees, noncentrality), t));
}

}  // namespace kgaudit::metrics::stats
