#include "metrics/stats/wilcoxon.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <boost/math/distributions/normal.hpp>

namespace kgaudit::metrics::stats {
namespace {

constexpr double kSame = 1e-12;  // of the largest |d|

struct Ranked {
  double positive = 0.0;  // W+
  double negative = 0.0;  // W-
  double tie_term = 0.0;  // sum over ties of t^3 - t
};

/// Average ranks of |d| from `first_rank` on, summed by sign.
Ranked rank_by_size(std::span<const double> d, double first_rank, double same) {
  std::vector<std::size_t> order(d.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return std::abs(d[i]) < std::abs(d[j]); });
  Ranked result;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && std::abs(d[order[end]]) - std::abs(d[order[begin]]) <= same) ++end;
    const auto ties = static_cast<double>(end - begin);
    const double rank = first_rank + static_cast<double>(begin) + (ties - 1.0) / 2.0;
    result.tie_term += ties * ties * ties - ties;
    for (std::size_t i = begin; i < end; ++i) {
      (d[order[i]] > 0.0 ? result.positive : result.negative) += rank;
    }
    begin = end;
  }
  return result;
}

/// Shares of the 2^n sign assignments with W+ <= w and with W+ >= w, for ranks 1 to n.
std::pair<double, double> exact_tails(std::size_t n, double w) {
  const std::size_t largest = n * (n + 1) / 2;
  std::vector<double> ways(largest + 1, 0.0);  // whole numbers up to 2^50: exact
  ways[0] = 1.0;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = largest; sum >= rank; --sum) ways[sum] += ways[sum - rank];
  }
  const auto at = static_cast<std::size_t>(std::llround(w));
  double below = 0.0;
  double above = 0.0;
  for (std::size_t sum = 0; sum <= largest; ++sum) {
    if (sum <= at) below += ways[sum];
    if (sum >= at) above += ways[sum];
  }
  const double all = std::ldexp(1.0, static_cast<int>(n));
  return {below / all, above / all};
}

double p_of(Alternative alternative, double below, double above) {
  switch (alternative) {
    case Alternative::kGreater:
      return above;
    case Alternative::kLess:
      return below;
    case Alternative::kTwoSided:
      break;
  }
  return std::min(1.0, 2.0 * std::min(below, above));
}

}  // namespace

Outcome<Wilcoxon> wilcoxon(std::span<const double> differences, Alternative alternative,
                           ZeroHandling zeros) {
  if (const auto why = unusable(differences, 2, "differences")) return *why;
  double largest = 0.0;
  for (const double d : differences) largest = std::max(largest, std::abs(d));
  if (largest == 0.0) return Undefined{fmt::format("all {} differences are 0", differences.size())};
  const double same = kSame * largest;
  std::vector<double> nonzero;
  Wilcoxon result;
  for (const double d : differences) {
    if (std::abs(d) <= same) {
      ++result.zero;
    } else {
      nonzero.push_back(d);
      ++(d > 0.0 ? result.positive : result.negative);
    }
  }
  // Pratt: the zeros hold the first ranks.
  const double z = zeros == ZeroHandling::kPratt ? static_cast<double>(result.zero) : 0.0;
  const Ranked ranked = rank_by_size(nonzero, z + 1.0, same);
  result.rank_sum_positive = ranked.positive;
  result.rank_sum_negative = ranked.negative;
  Test& test = result.test;
  test.statistic = ranked.positive;
  test.n = differences.size();
  const std::string zero_word = zeros == ZeroHandling::kPratt ? "Pratt" : "zeros dropped";
  if (nonzero.size() <= kExactWilcoxon && ranked.tie_term == 0.0 && z == 0.0) {
    const auto [below, above] = exact_tails(nonzero.size(), ranked.positive);
    test.p = p_of(alternative, below, above);
    test.smallest_p = std::ldexp(alternative == Alternative::kTwoSided ? 2.0 : 1.0,
                                 -static_cast<int>(nonzero.size()));
    test.method = "Wilcoxon signed-rank, exact, " + zero_word;
    return result;
  }
  const double n = z + static_cast<double>(nonzero.size());
  const double center = (n * (n + 1.0) - z * (z + 1.0)) / 4.0;
  const double variance =
      (n * (n + 1.0) * (2.0 * n + 1.0) - z * (z + 1.0) * (2.0 * z + 1.0)) / 24.0 -
      ranked.tie_term / 48.0;
  const boost::math::normal_distribution<double> normal;
  const auto tail = [&](double distance) {
    return boost::math::cdf(boost::math::complement(normal, distance / std::sqrt(variance)));
  };
  test.p = p_of(alternative, tail(center - ranked.positive), tail(ranked.positive - center));
  test.smallest_p = (alternative == Alternative::kTwoSided ? 2.0 : 1.0) *
                    tail(ranked.positive + ranked.negative - center);
  test.method = "Wilcoxon signed-rank, normal approximation, " + zero_word;
  return result;
}

}  // namespace kgaudit::metrics::stats
