#pragma once

#include <cstdint>
#include <string>

#include "metrics/stats/clusters.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics::stats {

/// A headline number over seeds and triples.
struct SeedEstimate {
  Estimate estimate;      ///< mean over seeds and clusters; n = seeds
  double sd_seeds = 0.0;  ///< sd of the seeds' means: how much a new training run moves the figure
  double sd_clusters =
      0;  ///< sd of the clusters' values, averaged over seeds: how much triples vary
  double se_seeds = 0.0;   ///< what the choice of seeds adds to the standard error
  double se_clusters = 0;  ///< what the choice of clusters adds
  std::uint64_t clusters = 0;
};

/// Bootstrap over two levels: every replicate draws seeds with replacement, then clusters.
///
/// Column s of `seeds` holds the values (or the differences of two systems) of seed s; every seed
/// was measured on the same clusters, the usual case of one test set. One draw of clusters serves
/// all drawn seeds (pigeonhole bootstrap, Owen 2007): drawing clusters anew for every seed would
/// divide the clusters' share of the variance by the number of seeds, though they all share the
/// same test triples.
///
/// Few seeds: resampling S seeds gives (S - 1) / S of their variance, and normal instead of t
/// tails, so the percentiles are moved outwards (Hesterberg 2015) to Phi(-t_df SE / sd*), sd* the
/// replicates' standard deviation. SE^2 = v_s + v_c - v_e, the squared standard errors of seeds and
/// clusters less that of what neither explains, which is in both (two-way analysis of variance), df
/// Welch-Satterthwaite's. Below 5 seeds resampling has too few outcomes, and the interval is mean
/// +- t_df SE (`method` says so), which is a little short. Undefined for one seed, or where nothing
/// varies.
[[nodiscard]] Outcome<SeedEstimate> hierarchical_bootstrap(const ClusteredValues& seeds,
                                                           const std::string& units,
                                                           const Resampling& resampling,
                                                           ThreadPool& pool, double level = 0.95);

}  // namespace kgaudit::metrics::stats
