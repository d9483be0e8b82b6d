#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// Several systems on several data sets (Demsar 2006): Friedman's test, then Nemenyi's, and what a
/// critical-difference diagram shows.
struct RankComparison {
  std::vector<double>
      mean_ranks;  ///< of every system; 1 = best; ties share the mean of their ranks
  Test friedman;   ///< chi-squared with tie correction, k - 1 degrees; n = data sets
  /// Iman and Davenport's F from it: less conservative; Undefined when all data sets agree
  /// perfectly.
  Outcome<Test> iman_davenport = Undefined{"not computed"};
  double alpha = 0.05;
  double critical_difference = 0;  ///< mean ranks this far apart or more differ (Nemenyi)
  std::vector<std::vector<double>>
      nemenyi_p;                   ///< [i][j]: family-wise p of systems i and j; 1 at i=j
  std::vector<std::size_t> order;  ///< systems from best to worst mean rank
  /// The bars of the diagram: largest runs of `order` whose mean ranks lie within less than the
  /// critical difference, best first; only runs of two or more; no run inside another.
  std::vector<std::vector<std::size_t>> groups;
};

/// `datasets[d][s]` is the score of system s on data set d, larger = better, the same systems in
/// every row. Undefined for fewer than two data sets or systems, and when the systems tie on every
/// data set. Chi-squared is rough below some 10 data sets or 5 systems; then look at
/// Iman-Davenport.
[[nodiscard]] Outcome<RankComparison> compare_ranks(
    std::span<const std::span<const double>> datasets, double alpha = 0.05);

/// Demsar's q_alpha = quantile(1 - alpha) / sqrt(2) of the range of normals: 1.960 for 2 systems at
/// 5 %, 2.728 for 5.
[[nodiscard]] double nemenyi_quantile(double alpha, std::size_t systems);

}  // namespace kgaudit::metrics::stats
