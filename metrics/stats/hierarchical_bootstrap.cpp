#include "metrics/stats/hierarchical_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/estimates.hpp"
#include "metrics/stats/resampled_sums.hpp"
#include "suite/base/distributions/distributions.hpp"

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
  double total = 0.0;     // of the mean over both
  double degrees = 0.0;   // of the total
};

Spread spread_of(const ClusteredValues& values, double between) {
  const std::size_t seeds = values.columns();
  const auto count = static_cast<double>(seeds);
  std::vector<double> mean_sums(values.clusters(), 0.0);
  std::vector<double> mean_residuals(values.clusters(), 0.0);
  for (std::size_t s = 0; s < seeds; ++s) {
    const auto sums = values.sums(s);
    const double center = values.mean(s);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      mean_sums[i] += sums[i] / count;
      mean_residuals[i] += (sums[i] - center * values.sizes()[i]) / count;
    }
  }
  // What neither seed nor cluster explains enters both spreads and is counted once.
  double cells = 0.0;
  for (std::size_t s = 0; s < seeds; ++s) {
    const auto sums = values.sums(s);
    const double center = values.mean(s);
    std::vector<double> rest(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) {
      rest[i] = sums[i] - center * values.sizes()[i] - mean_residuals[i];
    }
    cells += squared_error(rest, values) / (count * (count - 1.0));
  }
  Spread v;
  v.seeds = between;
  v.clusters = squared_error(mean_sums, values);
  v.total = std::max({v.seeds, v.clusters, v.seeds + v.clusters - cells});
  // Welch-Satterthwaite
  v.degrees = v.total * v.total /
              (v.seeds * v.seeds / (count - 1.0) +
               v.clusters * v.clusters / static_cast<double>(values.clusters() - 1));
  return v;
}

/// The replicates' means over drawn seeds and clusters.
std::vector<double> replicate_means(const ClusteredValues& values, const Resampling& resampling,
                                    ThreadPool& pool) {
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
    for (std::size_t s = 0; s + 1 < strata.size(); ++s) {
      table.add_draws(strata[s], strata[s + 1] - strata[s], rng, sums);
    }
    double mean_sum = 0.0;
    for (const std::uint32_t s : drawn) mean_sum += sums[s + 1] / sums[0];
    result[b] = mean_sum / static_cast<double>(seeds);
  });
  return result;
}

}  // namespace

Outcome<SeedEstimate> hierarchical_bootstrap(const ClusteredValues& seeds, const std::string& units,
                                             const Resampling& resampling, ThreadPool& pool,
                                             double level) {
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
  const double sd = *sample_sd(means);
  const double between = sd * sd / static_cast<double>(n);
  const Spread v = spread_of(seeds, between);
  if (!(v.total > 0.0)) {
    return Undefined{fmt::format("neither seeds nor {} vary", units)};
  }
  result.sd_seeds = sd;
  result.se_seeds = std::sqrt(v.seeds);
  result.se_clusters = std::sqrt(v.clusters);
  result.clusters = seeds.clusters();

  const double center = mean(means);
  const double tail = (1.0 - level) / 2.0;
  const double t = -distributions::student_quantile(tail, v.degrees);
  const double se = std::sqrt(v.total);
  Interval interval{center - t * se, center + t * se, level,
                    fmt::format("t, seeds and {} (too few seeds to resample)", units)};
  if (n >= kFewestToResample) {
    std::vector<double> replicates = replicate_means(seeds, resampling, pool);
    std::sort(replicates.begin(), replicates.end());
    const double moved = distributions::normal_cdf(-t * se / *sample_sd(replicates));
    interval = {lower_quantile(replicates, moved), upper_quantile(replicates, moved), level,
                "hierarchical bootstrap, seeds and " + units};
  }
  result.estimate = {center, std::move(interval), n};
  return result;
}

}  // namespace kgaudit::metrics::stats
