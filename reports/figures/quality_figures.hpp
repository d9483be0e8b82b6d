#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/figures/charts.hpp"
#include "reports/figures/figure.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

// Every figure is nothing where the record lacks its facts. Bars and whiskers: sd over seeds, with
// one seed its 95 % confidence interval. `name` is the stem of the files.

/// How far the AUC of the question of `attribute` lies from .5 over the filtered MRR without
/// sensitive relations (in records without them |ΔS| over the MRR): one point for every system, and
/// the Pareto front, the least bias that some system has at this MRR or a higher one. Down and to
/// the right is better. A system with attribute vectors has a point for each of its releases.
[[nodiscard]] std::optional<Figure> bias_against_quality(const RunRecord& record,
                                                         const FactIndex& facts,
                                                         const std::string& attribute,
                                                         const std::string& name);
/// The same of what the strongest probe reads of hidden persons. Nothing in records without it.
[[nodiscard]] std::optional<Figure> leakage_against_quality(const RunRecord& record,
                                                            const FactIndex& facts,
                                                            const std::string& attribute,
                                                            const std::string& name);
/// Any quantity over a swept parameter, one curve a system.
[[nodiscard]] std::optional<Figure> sweep_figure(const std::vector<Curve>& curves,
                                                 const ChartText& text, const std::string& name);

/// Demšar's critical-difference diagram: mean rank of each system (1 = best) on a line; a bar joins
/// those whose ranks differ by no more than `critical_difference`.
struct MeanRank {
  std::string name;
  double rank = 0.0;
};
[[nodiscard]] std::optional<Figure> critical_difference_figure(std::vector<MeanRank> ranks,
                                                               double critical_difference,
                                                               const std::string& title,
                                                               const std::string& name);

}  // namespace kgaudit::reports
