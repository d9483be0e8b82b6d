#include "metrics/stats/interquartile_mean.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "metrics/stats/bootstrap.hpp"
#include "metrics/stats/resampled_sums.hpp"

namespace kgaudit::metrics::stats {
namespace {

/// Sorts `values` on the way.
double middle_mean(std::span<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t cut = values.size() / 4;
  const auto middle = values.subspan(cut, values.size() - 2 * cut);
  return std::accumulate(middle.begin(), middle.end(), 0.0) / static_cast<double>(middle.size());
}

}  // namespace

Outcome<double> interquartile_mean(std::span<const double> values) {
  if (const auto why = unusable(values, 1)) return *why;
  std::vector<double> copy(values.begin(), values.end());
  return middle_mean(copy);
}

Outcome<Estimate> interquartile_mean_of_tasks(std::span<const std::span<const double>> tasks,
                                              const Resampling& resampling, ThreadPool& pool,
                                              double level) {
  KGA_REQUIRE(level > 0.0 && level < 1.0, "level {}", level);
  if (tasks.empty()) return Undefined{"no tasks"};
  std::vector<double> all;
  bool varies = false;
  for (std::size_t k = 0; k < tasks.size(); ++k) {
    if (const auto why = unusable(tasks[k], 2, fmt::format("runs of task {}", k))) return *why;
    const auto [low, high] = std::minmax_element(tasks[k].begin(), tasks[k].end());
    varies = varies || *low < *high;
    all.insert(all.end(), tasks[k].begin(), tasks[k].end());
  }
  if (!varies) return Undefined{"the runs of every task are equal: nothing varies"};
  std::vector<double> replicates(resampling.replicates);
  for_each_replicate(resampling, "statistics/interquartile", pool, [&](std::size_t b, Rng& rng) {
    std::vector<double> drawn;
    drawn.reserve(all.size());
    for (const auto task : tasks) {
      for (std::size_t i = 0; i < task.size(); ++i) {
        drawn.push_back(task[rng.below(static_cast<std::uint32_t>(task.size()))]);
      }
    }
    replicates[b] = middle_mean(drawn);
  });
  std::sort(replicates.begin(), replicates.end());
  const double tail = (1.0 - level) / 2.0;
  const std::uint64_t n = all.size();
  return Estimate{middle_mean(all),
                  {lower_quantile(replicates, tail), upper_quantile(replicates, tail), level,
                   "percentile bootstrap, runs within tasks"},
                  n};
}

}  // namespace kgaudit::metrics::stats
