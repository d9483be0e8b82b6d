#include "reports/figures/sweep_figures.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "reports/figures/quality_figures.hpp"

namespace kgaudit::reports {
namespace {

std::optional<Figure> figure_of(const SweepRecord& sweep, std::optional<double> PointLine::*cost,
                                const std::string& axis, const std::string& name) {
  std::vector<Curve> curves;
  for (const SweepRun& run : sweep.sweep.runs) {
    const PointLine* point = sweep.point_of(run.run);
    if (point == nullptr || !point->mrr || !(point->*cost)) continue;
    if (curves.empty() || curves.back().name != run.system) curves.push_back({run.system, {}});
    const double quality = *point->mrr;
    curves.back().points.push_back({*(point->*cost), quality, quality, quality});
  }
  for (Curve& curve : curves) {
    std::sort(curve.points.begin(), curve.points.end(),
              [](const auto& a, const auto& b) { return a.x < b.x; });
  }
  return sweep_figure(
      curves,
      {"Quality against bias over the weights",
       fmt::format("Filtered MRR without sensitive relations over {}, means over seeds; one point "
                   "a weight, joined in the order of the bias. Up and to the left is better.",
                   axis),
       axis, "MRR", false},
      name);
}

}  // namespace

std::vector<Figure> sweep_figures(const SweepRecord& sweep) {
  std::vector<Figure> figures;
  for (auto& figure :
       {figure_of(sweep, &PointLine::question,
                  "questions answered right above the commonest answer, share", "sweep_question"),
        figure_of(sweep, &PointLine::leakage, "AUC of the strongest probe above .5, hidden persons",
                  "sweep_leakage")}) {
    if (figure) figures.push_back(*figure);
  }
  return figures;
}

}  // namespace kgaudit::reports
