#include "metrics/stats/effect_size.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/roots.hpp>

#include "metrics/stats/estimates.hpp"
#include "metrics/stats/noncentral_t.hpp"
#include "metrics/stats/t_test.hpp"
#include "metrics/stats/wilcoxon.hpp"

namespace kgaudit::metrics::stats {
namespace {

constexpr std::size_t kNoncentral = 100;  // differences; above, the normal interval is as good

/// The noncentrality under which `t` or less has probability `share`.
double noncentrality(double t, double degrees, double share) {
  const auto excess = [&](double delta) { return noncentral_t_cdf(t, degrees, delta) - share; };
  double reach = 8.0 + std::abs(t);
  while (excess(t - reach) < 0.0 || excess(t + reach) > 0.0) reach *= 1.5;
  std::uintmax_t steps = 200;
  const auto [low, high] = boost::math::tools::toms748_solve(
      excess, t - reach, t + reach, boost::math::tools::eps_tolerance<double>(40), steps);
  return (low + high) / 2.0;
}

/// Values below and equal to x among `sorted`.
std::pair<double, double> below_and_equal(std::span<const double> sorted, double x) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), x);
  return {static_cast<double>(first - sorted.begin()), static_cast<double>(last - first)};
}

std::vector<double> sorted_copy(std::span<const double> x) {
  std::vector<double> copy(x.begin(), x.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

}  // namespace

Outcome<Estimate> cohen_dz(std::span<const double> differences, const std::string& units,
                           double level) {
  const auto test = paired_t(differences, Alternative::kTwoSided, units, level);
  if (!test.defined()) return test.undefined();
  const auto n = static_cast<double>(differences.size());
  const double root = std::sqrt(n);
  const double t = test->test.statistic;
  const double dz = t / root;
  if (differences.size() <= kNoncentral) {
    const double tail = (1.0 - level) / 2.0;
    return Estimate{dz,
                    {noncentrality(t, n - 1.0, 1.0 - tail) / root,
                     noncentrality(t, n - 1.0, tail) / root, level, "noncentral t, " + units},
                    differences.size()};
  }
  const double half = normal_quantile(level) * std::sqrt(1.0 / n + dz * dz / (2.0 * n));
  return Estimate{dz, {dz - half, dz + half, level, "normal, " + units}, differences.size()};
}

Outcome<Estimate> cliffs_delta(std::span<const double> a, std::span<const double> b,
                               const std::string& units, double level) {
  if (const auto why = unusable(a, 2, "values of A")) return *why;
  if (const auto why = unusable(b, 2, "values of B")) return *why;
  const auto n = static_cast<double>(a.size());
  const auto m = static_cast<double>(b.size());
  const auto sorted_a = sorted_copy(a);
  const auto sorted_b = sorted_copy(b);
  // Dominance of every value: the mean over the other sample of sign(a_i - b_j).
  std::vector<double> row;
  std::vector<double> column;
  double ties = 0.0;
  for (const double x : a) {
    const auto [below, equal] = below_and_equal(sorted_b, x);
    row.push_back((2.0 * below + equal - m) / m);
    ties += equal;
  }
  for (const double y : b) {
    const auto [below, equal] = below_and_equal(sorted_a, y);
    column.push_back((n - 2.0 * below - equal) / n);
  }
  const double delta = mean(row);
  const std::uint64_t units_total = a.size() + b.size();
  const std::string method = "Feng-Cliff, " + units;
  const double tail_quantile = boost::math::quantile(
      boost::math::students_t_distribution<double>(n + m - 2.0), 0.5 + level / 2.0);
  if (std::abs(delta) == 1.0) {
    const double z = normal_quantile(level);
    const double k = std::min(n, m);
    const double bound = (k - z * z) / (k + z * z);
    return Estimate{
        delta,
        delta > 0.0 ? Interval{bound, 1.0, level, method} : Interval{-1.0, -bound, level, method},
        units_total};
  }
  const auto squares = [&](std::span<const double> x) {
    double sum = 0.0;
    for (const double v : x) sum += (v - delta) * (v - delta);
    return sum;
  };
  const double single = n * m - ties - n * m * delta * delta;  // sum of (d_ij - delta)^2
  const double estimated =
      (m * m * squares(row) + n * n * squares(column) - single) / (n * m * (n - 1.0) * (m - 1.0));
  const double variance = std::max(estimated, (1.0 - delta * delta) / (n * m - 1.0));
  const double w = tail_quantile * tail_quantile * variance;
  const double center = delta - delta * delta * delta;
  const double rest = 1.0 - delta * delta;
  const double half = std::sqrt(w) * std::sqrt(rest * rest + w);
  return Estimate{delta,
                  {std::max(-1.0, (center - half) / (rest + w)),
                   std::min(1.0, (center + half) / (rest + w)), level, method},
                  units_total};
}

Outcome<Estimate> win_rate(std::span<const double> differences, const std::string& units,
                           double level) {
  if (const auto why = unusable(differences, 1, "differences")) return *why;
  double wins = 0.0;
  for (const double d : differences) wins += d > 0.0 ? 1.0 : (d == 0.0 ? 0.5 : 0.0);
  const std::uint64_t n = differences.size();
  return Estimate{wins / static_cast<double>(n), wilson_interval(wins, n, units, level), n};
}

Outcome<Estimate> rank_biserial(std::span<const double> differences, const std::string& units,
                                double level) {
  const auto signed_ranks = wilcoxon(differences, Alternative::kTwoSided, ZeroHandling::kDrop);
  if (!signed_ranks.defined()) return signed_ranks.undefined();
  std::vector<double> nonzero;
  for (const double d : differences) {
    if (d != 0.0) nonzero.push_back(d);
  }
  if (nonzero.size() < 2) return Undefined{"1 difference that is not 0, 2 or more are needed"};
  if (signed_ranks->positive == 0 || signed_ranks->negative == 0) {
    return Undefined{
        fmt::format("all {} differences that are not 0 have one sign", nonzero.size())};
  }
  const double sum = signed_ranks->rank_sum_positive + signed_ranks->rank_sum_negative;
  const double r = (signed_ranks->rank_sum_positive - signed_ranks->rank_sum_negative) / sum;
  // First-order projection: the share of other differences that outweigh -d_i, less that
  // outweighed.
  const auto sorted = sorted_copy(nonzero);
  const auto n = static_cast<double>(nonzero.size());
  std::vector<double> projection;
  for (const double d : nonzero) {
    const auto [below, equal] = below_and_equal(sorted, -d);
    projection.push_back((n - 2.0 * below - equal) / n);
  }
  const double se = 2.0 * *sample_sd(projection) / std::sqrt(n);
  const double z = std::atanh(r);
  const double half = normal_quantile(level) * se / (1.0 - r * r);
  return Estimate{
      r,
      {std::tanh(z - half), std::tanh(z + half), level, "U-statistic, Fisher z, " + units},
      differences.size()};
}

}  // namespace kgaudit::metrics::stats
