#include "metrics/stats/hierarchical_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "metrics/estimates.hpp"
#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/resampled_sums.hpp"

namespace kgaudit::metrics::stats {
namespace {

constexpr std::size_t kFewestToResample = 5;  // seeds

/// Squared standard error of sum(x) / sum(sizes) over clusters, per stratum around its own ratio.
double squared_error(std::span<const double> sums, const ClusteredValues& values) {
  const auto sizes = values.sizes();
  const auto strata = values.strata();
  double count = 0.0;
  double result = 0.0;
  for (std::size_t s = 0; s + 1 < strata.size(); ++s) {
    const std::size_t n = strata[s + 1] - strata[s];
    double sum = 0.0;
    double size = 0.0;
    for (std::size_t i = strata[s]; i < strata[s + 1]; ++i) {
      sum += sums[i];
      size += sizes[i];
    }
    count += size;
    if (n < 2) continue;
    double squares = 0.0;
    for (std::size_t i = strata[s]; i < strata[s + 1]; ++i) {
      const double residual = sums[i] - sum / size * sizes[i];
      squares += residual * residual;
    }
    result += squares * static_cast<double>(n) / static_cast<double>(n - 1);
  }
  return result / (count * count);
}

struct Spread {
  double seeds = 0.0;     // v_s
  double clusters = 0.0;  // v_c
  double degrees = 0.0;   // of their sum
};

Spread spread_of(const ClusteredValues& values, std::span<const double> seed_means,
                 SeedDesign design) {
  const auto count = static_cast<double>(seed_means.size());
  const double between = *sample_sd(seed_means) * *sample_sd(seed_means) / count;
  Spread v;
  double cluster_degrees = static_cast<double>(values.clusters() - 1);
  if (design == SeedDesign::kCrossed) {
    std::vector<double> mean_sums(values.clusters(), 0.0);
    for (std::size_t s = 0; s < values.columns(); ++s) {
      const auto sums = values.sums(s);
      for (std::size_t i = 0; i < sums.size(); ++i) mean_sums[i] += sums[i] / count;
    }
    v.seeds = between;
    v.clusters = squared_error(mean_sums, values);
  } else {
    // The seeds' means already vary by their clusters.
    for (std::size_t s = 0; s < values.columns(); ++s) {
      v.clusters += squared_error(values.sums(s), values) / (count * count);
    }
    v.seeds = std::max(0.0, between - v.clusters);
    cluster_degrees *= count;
  }
  const double sum = v.seeds + v.clusters;
  v.degrees =
      sum * sum / (v.seeds * v.seeds / (count - 1.0) + v.clusters * v.clusters / cluster_degrees);
  return v;
}

/// The replicates' means over drawn seeds and clusters.
std::vector<double> replicate_means(const ClusteredValues& values, SeedDesign design,
                                    const Resampling& resampling, ThreadPool& pool) {
  const std::size_t seeds = values.columns();
  const auto strata = values.strata();
  DrawTable table(values.clusters(), seeds + 1);
  for (std::size_t i = 0; i < values.clusters(); ++i) {
    table.at(i, 0) = values.sizes()[i];
    for (std::size_t s = 0; s < seeds; ++s) table.at(i, s + 1) = values.sums(s)[i];
  }
  std::vector<double> result(resampling.replicates);
  for_each_replicate(resampling, "statistics/hierarchical", pool, [&](std::size_t b, Rng& rng) {
    std::vector<std::uint32_t> drawn(seeds);
    rng.fill_below(drawn, static_cast<std::uint32_t>(seeds));
    std::vector<double> sums(seeds + 1);
    double mean_sum = 0.0;
    for (std::size_t k = 0; k < seeds; ++k) {
      if (k == 0 || design == SeedDesign::kNested) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t s = 0; s + 1 < strata.size(); ++s) {
          table.add_draws(strata[s], strata[s + 1] - strata[s], rng, sums);
        }
      }
      mean_sum += sums[drawn[k] + 1] / sums[0];
    }
    result[b] = mean_sum / static_cast<double>(seeds);
  });
  return result;
}

}  // namespace

Outcome<SeedEstimate> hierarchical_bootstrap(const ClusteredValues& seeds, SeedDesign design,
                                             const std::string& units, const Resampling& resampling,
                                             ThreadPool& pool, double level) {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  const std::size_t n = seeds.columns();
  if (n < 2) return Undefined{"1 seed: how much seeds vary is unknown"};
  std::vector<double> means;
  SeedEstimate result;
  for (std::size_t s = 0; s < n; ++s) {
    means.push_back(seeds.mean(s));
    std::vector<double> per_value;
    for (std::size_t i = 0; i < seeds.clusters(); ++i) {
      per_value.push_back(seeds.sums(s)[i] / seeds.sizes()[i]);
    }
    result.sd_clusters += *sample_sd(per_value) / static_cast<double>(n);
  }
  const Spread v = spread_of(seeds, means, design);
  if (!(v.seeds + v.clusters > 0.0)) {
    return Undefined{fmt::format("neither seeds nor {} vary", units)};
  }
  result.sd_seeds = *sample_sd(means);
  result.se_seeds = std::sqrt(v.seeds);
  result.se_clusters = std::sqrt(v.clusters);
  result.clusters = seeds.clusters();

  const double center = mean(means);
  const double tail = (1.0 - level) / 2.0;
  const double t =
      -boost::math::quantile(boost::math::students_t_distribution<double>(v.degrees), tail);
  const double se = std::sqrt(v.seeds + v.clusters);
  Interval interval{center - t * se, center + t * se, level,
                    fmt::format("t, seeds and {} (too few seeds to resample)", units)};
  if (n >= kFewestToResample) {
    std::vector<double> replicates = replicate_means(seeds, design, resampling, pool);
    std::sort(replicates.begin(), replicates.end());
    const double count = static_cast<double>(n);
    const double shrunk = std::sqrt((count - 1.0) / count * v.seeds + v.clusters);
    const double moved =
        boost::math::cdf(boost::math::normal_distribution<double>(), -t * se / shrunk);
    interval = {lower_quantile(replicates, moved), upper_quantile(replicates, moved), level,
                "hierarchical bootstrap, seeds and " + units};
  }
  result.estimate = {center, std::move(interval), n};
  return result;
}

}  // namespace kgaudit::metrics::stats
