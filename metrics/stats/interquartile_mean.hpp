#pragma once

#include <span>
#include <string>

#include "metrics/stats/outcome.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics::stats {

/// The mean of the middle half of `values`: floor(n / 4) of the smallest and as many of the largest
/// are left out (Agarwal et al. 2021, as rliable does it). Undefined for none.
[[nodiscard]] Outcome<double> interquartile_mean(std::span<const double> values);

/// Interquartile mean over all runs of all tasks (data sets, attributes): `tasks[k]` holds task k's
/// runs (seeds). Percentile interval of the bootstrap that draws runs within their task. Scores of
/// different tasks must be on one scale. n = runs in all. Undefined when no task, a task with
/// fewer than two runs, or no variation at all.
[[nodiscard]] Outcome<Estimate> interquartile_mean_of_tasks(
    std::span<const std::span<const double>> tasks, const Resampling& resampling, ThreadPool& pool,
    double level = 0.95);

}  // namespace kgaudit::metrics::stats
