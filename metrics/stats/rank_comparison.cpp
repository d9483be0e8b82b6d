#include "metrics/stats/rank_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "suite/base/distributions/distributions.hpp"

namespace kgaudit::metrics::stats {
namespace {

/// Adds one data set's ranks, best = 1, and returns the sum of t^3 - t over its ties.
double add_ranks(std::span<const double> scores, std::span<double> rank_sums) {
  std::vector<double> worse_first(scores.size());
  std::transform(scores.begin(), scores.end(), worse_first.begin(), [](double s) { return -s; });
  const std::vector<double> ranks = average_ranks(worse_first);
  for (std::size_t s = 0; s < ranks.size(); ++s) rank_sums[s] += ranks[s];
  double ties = 0.0;
  for (const double x : scores) {
    const auto same = static_cast<double>(std::count(scores.begin(), scores.end(), x));
    ties += same * same - 1.0;  // t values, each adding (t^3 - t) / t
  }
  return ties;
}

std::vector<std::vector<std::size_t>> unseparated(std::span<const std::size_t> order,
                                                  std::span<const double> mean_ranks,
                                                  double critical) {
  std::vector<std::vector<std::size_t>> groups;
  std::size_t last_end = 0;
  for (std::size_t begin = 0; begin < order.size(); ++begin) {
    std::size_t end = begin + 1;
    while (end < order.size() && mean_ranks[order[end]] - mean_ranks[order[begin]] < critical)
      ++end;
    if (end - begin >= 2 && end > last_end) {
      groups.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(begin),
                          order.begin() + static_cast<std::ptrdiff_t>(end));
      last_end = end;
    }
  }
  return groups;
}

}  // namespace

double nemenyi_quantile(double alpha, std::size_t systems) {
  return distributions::normal_range_quantile(1.0 - alpha, systems) / std::numbers::sqrt2;
}

Outcome<RankComparison> compare_ranks(std::span<const std::span<const double>> datasets,
                                      double alpha) {
  KGA_REQUIRE(alpha > 0.0 && alpha < 1.0, "alpha = {}", alpha);
  if (datasets.size() < 2) {
    return Undefined{fmt::format("{} data sets, 2 or more are needed", datasets.size())};
  }
  const std::size_t systems = datasets.front().size();
  std::vector<double> rank_sums(systems, 0.0);
  double ties = 0.0;
  for (std::size_t d = 0; d < datasets.size(); ++d) {
    KGA_REQUIRE(datasets[d].size() == systems, "data set {} has {} systems, not {}", d,
                datasets[d].size(), systems);
    if (const auto why = unusable(datasets[d], 2, fmt::format("systems on data set {}", d))) {
      return *why;
    }
    ties += add_ranks(datasets[d], rank_sums);
  }
  const auto n = static_cast<double>(datasets.size());
  const auto k = static_cast<double>(systems);
  const double untied = 1.0 - ties / (n * k * (k * k - 1.0));
  if (!(untied > 1e-12)) return Undefined{"all systems tie on every data set"};

  RankComparison result;
  result.alpha = alpha;
  double squares = 0.0;
  for (const double sum : rank_sums) {
    result.mean_ranks.push_back(sum / n);
    const double off = sum / n - (k + 1.0) / 2.0;
    squares += off * off;
  }
  const double chi_squared = 12.0 * n / (k * (k + 1.0)) * squares / untied;
  // The chi-squared statistic reaches n (k - 1) when all data sets agree.
  const double most = n * (k - 1.0);
  result.friedman = {chi_squared, distributions::chi_squared_above(chi_squared, k - 1.0),
                     datasets.size(), "Friedman", distributions::chi_squared_above(most, k - 1.0)};
  if (most - chi_squared > 1e-9 * most) {
    const double f = (n - 1.0) * chi_squared / (most - chi_squared);
    const double p = distributions::fisher_f_above(f, k - 1.0, (k - 1.0) * (n - 1.0));
    result.iman_davenport = Test{f, p, datasets.size(), "Iman-Davenport", 0.0};
  } else {
    result.iman_davenport = Undefined{"all data sets rank the systems alike: F has no value"};
  }
  const double se = std::sqrt(k * (k + 1.0) / (6.0 * n));
  result.critical_difference = nemenyi_quantile(alpha, systems) * se;
  result.nemenyi_p.assign(systems, std::vector<double>(systems, 1.0));
  for (std::size_t i = 0; i < systems; ++i) {
    for (std::size_t j = i + 1; j < systems; ++j) {
      const double gap = std::abs(result.mean_ranks[i] - result.mean_ranks[j]);
      const double p =
          1.0 - distributions::normal_range_cdf(gap / se * std::numbers::sqrt2, systems);
      result.nemenyi_p[i][j] = result.nemenyi_p[j][i] = std::max(0.0, p);
    }
  }
  result.order.resize(systems);
  std::iota(result.order.begin(), result.order.end(), std::size_t{0});
  std::stable_sort(result.order.begin(), result.order.end(), [&](std::size_t i, std::size_t j) {
    return result.mean_ranks[i] < result.mean_ranks[j];
  });
  result.groups = unseparated(result.order, result.mean_ranks, result.critical_difference);
  return result;
}

}  // namespace kgaudit::metrics::stats
