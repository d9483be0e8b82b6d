#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "reports/document/report_writer.hpp"
#include "reports/figures/figure.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/progress.hpp"

namespace kgaudit::reports {

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
/// receives the paths that now are there. Throws InputError (usage) as `draw` does, and Interrupted
/// between two figures when the user asks to stop.
[[nodiscard]] std::vector<PlacedFigure> draw_figures(Records records, const ReportOptions& options,
                                                     const std::filesystem::path& folder,
                                                     std::vector<std::filesystem::path>& files,
                                                     Progress& progress = silent_progress());

}  // namespace kgaudit::reports
