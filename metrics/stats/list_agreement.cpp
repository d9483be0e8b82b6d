#include "metrics/stats/list_agreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics::stats {
namespace {

/// The places of the items, largest value first.
std::vector<std::size_t> descending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return values[i] > values[j]; });
  return order;
}

std::size_t shared(std::span<const std::size_t> a, std::span<const std::size_t> b) {
  return static_cast<std::size_t>(std::ranges::count_if(
      a, [&](std::size_t item) { return std::ranges::find(b, item) != b.end(); }));
}

/// The jackknife's variance from the values without each of the lists.
double jackknife_variance(std::span<const double> without) {
  const auto n = static_cast<double>(without.size());
  const double center = mean(without);
  double squares = 0.0;
  for (const double value : without) squares += (value - center) * (value - center);
  return squares * (n - 1.0) / n;
}

Interval t_interval(double value, double variance, double degrees, const std::string& units,
                    double level) {
  const double reach =
      distributions::student_upper_quantile((1.0 - level) / 2.0, degrees) * std::sqrt(variance);
  return {value - reach, value + reach, level, fmt::format("jackknife, {}", units)};
}

}  // namespace

double shared_ends(std::span<const double> x, std::span<const double> y, std::size_t top) {
  KGA_REQUIRE(x.size() == y.size() && top > 0 && 2 * top <= x.size(), "{} of {} and {} items", top,
              x.size(), y.size());
  const std::vector<std::size_t> a = descending(x);
  const std::vector<std::size_t> b = descending(y);
  const std::span<const std::size_t> of_a(a);
  const std::span<const std::size_t> of_b(b);
  const std::size_t both =
      shared(of_a.first(top), of_b.first(top)) + shared(of_a.last(top), of_b.last(top));
  return static_cast<double>(both) / static_cast<double>(2 * top);
}

PairMean mean_of_pairs(std::size_t count, const std::string& units,
                       const std::function<double(std::size_t, std::size_t)>& agreement,
                       double level) {
  KGA_REQUIRE(count >= 2, "{} lists have no pair", count);
  std::vector<double> of_list(count, 0.0);  // the sum over its pairs
  double sum = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      const double value = agreement(i, j);
      sum += value;
      of_list[i] += value;
      of_list[j] += value;
    }
  }
  const auto n = static_cast<double>(count);
  PairMean result{sum / (n * (n - 1.0) / 2.0), std::nullopt};
  if (count < 3) return result;
  std::vector<double> without;
  for (const double own : of_list) without.push_back((sum - own) / ((n - 1.0) * (n - 2.0) / 2.0));
  result.interval = t_interval(result.value, jackknife_variance(without), n - 1.0, units, level);
  return result;
}

PairMean mean_across(std::size_t ours, std::size_t theirs, const std::string& units,
                     const std::function<double(std::size_t, std::size_t)>& agreement,
                     double level) {
  KGA_REQUIRE(ours >= 1 && theirs >= 1, "{} and {} lists", ours, theirs);
  std::vector<double> of_ours(ours, 0.0);
  std::vector<double> of_theirs(theirs, 0.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < ours; ++i) {
    for (std::size_t j = 0; j < theirs; ++j) {
      const double value = agreement(i, j);
      sum += value;
      of_ours[i] += value;
      of_theirs[j] += value;
    }
  }
  const auto n = static_cast<double>(ours);
  const auto m = static_cast<double>(theirs);
  PairMean result{sum / (n * m), std::nullopt};
  if (ours < 2 || theirs < 2) return result;
  double variance = 0.0;
  for (auto [sums, pairs_left] :
       {std::pair{&of_ours, (n - 1.0) * m}, std::pair{&of_theirs, n * (m - 1.0)}}) {
    std::vector<double> without;
    for (const double own : *sums) without.push_back((sum - own) / pairs_left);
    variance += jackknife_variance(without);
  }
  result.interval = t_interval(result.value, variance, std::min(n, m) - 1.0, units, level);
  return result;
}

}  // namespace kgaudit::metrics::stats
