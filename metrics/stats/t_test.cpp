#include "metrics/stats/t_test.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>

#include "metrics/stats/estimates.hpp"

namespace kgaudit::metrics::stats {
namespace {

using StudentsT = boost::math::students_t_distribution<double>;

/// Whether the spread is no more than rounding leaves behind.
bool is_constant(std::span<const double> x) {
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  return *high - *low <= 1e-13 * std::max(std::abs(*low), std::abs(*high));
}

double variance(std::span<const double> x) {
  const double sd = *sample_sd(x);
  return sd * sd;
}

TTest t_of(double difference, double null_value, double se, double degrees, std::uint64_t n,
           Alternative alternative, double level, const std::string& name,
           const std::string& units) {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  const StudentsT student(degrees);
  const double t = (difference - null_value) / se;
  double p = 0.0;
  switch (alternative) {
    case Alternative::kTwoSided:
      p = 2.0 * boost::math::cdf(student, -std::abs(t));
      break;
    case Alternative::kGreater:
      p = boost::math::cdf(boost::math::complement(student, t));
      break;
    case Alternative::kLess:
      p = boost::math::cdf(student, t);
      break;
  }
  const double half = boost::math::quantile(student, 0.5 + level / 2.0) * se;
  return {{t, p, n, name, 0.0},
          degrees,
          {difference, {difference - half, difference + half, level, "t, " + units}, n}};
}

}  // namespace

Outcome<TTest> paired_t(std::span<const double> differences, Alternative alternative,
                        const std::string& units, double level, double null_value) {
  if (const auto why = unusable(differences, 2, "differences")) return *why;
  if (is_constant(differences)) {
    return Undefined{
        fmt::format("all {} differences are {}: no spread", differences.size(), differences[0])};
  }
  const auto n = static_cast<double>(differences.size());
  return t_of(mean(differences), null_value, std::sqrt(variance(differences) / n), n - 1.0,
              differences.size(), alternative, level, "paired t", units);
}

Outcome<TTest> welch_t(std::span<const double> a, std::span<const double> b,
                       Alternative alternative, const std::string& units, double level) {
  if (const auto why = unusable(a, 2, "values of A")) return *why;
  if (const auto why = unusable(b, 2, "values of B")) return *why;
  if (is_constant(a) && is_constant(b)) {
    return Undefined{fmt::format("all values of A are {} and all of B {}: no spread", a[0], b[0])};
  }
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const double va = variance(a) / n;
  const double vb = variance(b) / m;
  // Welch-Satterthwaite
  const double degrees = (va + vb) * (va + vb) / (va * va / (n - 1.0) + vb * vb / (m - 1.0));
  return t_of(mean(a) - mean(b), 0.0, std::sqrt(va + vb), degrees, a.size() + b.size(), alternative,
              level, "Welch's t", units);
}

}  // namespace kgaudit::metrics::stats
