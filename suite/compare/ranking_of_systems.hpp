#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/stats/rank_comparison.hpp"
#include "reports/figures/figure.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::run {

/// The systems of several records on one measure, each record a data set (Demsar 2006).
struct RankedSystems {
  std::string measure;               ///< "MRR without sensitive relations" ...
  std::vector<std::string> systems;  ///< rows that all records have
  std::vector<std::string> datasets;
  metrics::stats::Outcome<metrics::stats::RankComparison> ranks = Undefined{"not computed"};
};

/// Means over seeds of the MRR without sensitive relations (higher is better) and of the AUC of
/// each attribute's question (nearer to .5 is better), ranked within each record; the rows are
/// those that all records share, and of a system with attribute vectors its rows alone. Records of
/// one graph (equal graph hashes) are no independent data sets: the first stands for them.
/// Undefined for fewer than three data sets or two systems.
[[nodiscard]] std::vector<RankedSystems> rank_systems(std::span<const reports::RunRecord> records,
                                                      double alpha = 0.05);

/// "Friedman's test of MRR over 4 data sets ...", or why there is none.
[[nodiscard]] std::string in_words(const RankedSystems& ranked);

/// The critical-difference diagram; nothing where the ranks are Undefined.
[[nodiscard]] std::optional<reports::Figure> critical_difference_of(const RankedSystems& ranked);

}  // namespace kgaudit::run
