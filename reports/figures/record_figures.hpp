#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/document/report_writer.hpp"
#include "reports/figures/figure.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/fact_index.hpp"

namespace kgaudit::reports {

// Figures of a record. Every one is nothing where the record lacks its facts. Bars and whiskers: sd
// over seeds, for a single seed the interval of the fact. `name` is the stem of the files.

/// |ΔS| of `attribute` over the filtered MRR, one point for every system, and the Pareto front: the
/// least bias that some system has at this MRR or a higher one. Down and to the right is better.
[[nodiscard]] std::optional<Figure> bias_against_quality(const RunRecord& record,
                                                         const std::string& attribute,
                                                         const std::string& name);
/// Median seconds per epoch of every system.
[[nodiscard]] std::optional<Figure> seconds_figure(const RunRecord& record,
                                                   const std::string& name);
/// ΔS of every attribute and system.
[[nodiscard]] std::optional<Figure> score_gap_figure(const RunRecord& record,
                                                     const std::string& name);
/// Fisher et al.'s S(v|v) against S(v|w): how the score of value `of` spreads over the persons with
/// either value of a two-valued attribute. Boxes: quartiles; whiskers: 5 % and 95 %; quantiles are
/// means over seeds.
[[nodiscard]] std::optional<Figure> score_distribution_figure(const RunRecord& record,
                                                              const FactIndex& facts,
                                                              const std::string& attribute,
                                                              const std::string& of,
                                                              const std::string& name);
/// Training loss, or the term `term` of it such as "validation.mrr", over epochs; mean over seeds.
[[nodiscard]] std::optional<Figure> training_figure(const RunRecord& record,
                                                    const std::string& term,
                                                    const std::string& name);
/// The `top` professions that lean most to either side for the first system, as bars, with the
/// other systems' values as markers; in sd over professions, which compare between systems.
[[nodiscard]] std::optional<Figure> profession_figure(const RunRecord& record,
                                                      const FactIndex& facts,
                                                      const std::string& attribute, std::size_t top,
                                                      const std::string& name);

/// A line with markers in a chart.
struct Curve {
  struct Point {
    double x = 0.0;
    double y = 0.0;
    double low = 0.0;
    double high = 0.0;
  };
  std::string name;
  std::vector<Point> points;
};
struct ChartText {
  std::string title;
  std::string caption;
  std::string x_axis;  ///< with its unit
  std::string y_axis;
  bool log_x = false;
};
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

/// All figures of a record, names beginning with `prefix` and unique.
[[nodiscard]] std::vector<Figure> record_figures(const RunRecord& record,
                                                 const ReportOptions& options,
                                                 const std::string& prefix = "");

/// Draws one figure into `folder` / "figures" and appends the paths to `files`; `record` says with
/// which record it is shown. Throws InputError (usage) as `draw` does.
[[nodiscard]] PlacedFigure place_figure(const Figure& figure, std::size_t record,
                                        const std::filesystem::path& folder,
                                        std::vector<std::filesystem::path>& files);

/// Draws all figures of the records into `folder` / "figures" and says where each belongs; `files`
/// receives the paths that now are there. Throws InputError (usage) as `draw` does.
[[nodiscard]] std::vector<PlacedFigure> draw_figures(Records records, const ReportOptions& options,
                                                     const std::filesystem::path& folder,
                                                     std::vector<std::filesystem::path>& files);

}  // namespace kgaudit::reports
