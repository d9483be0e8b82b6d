#pragma once

#include <vector>

#include "reports/figures/figure.hpp"
#include "reports/record/sweep_record.hpp"

namespace kgaudit::reports {

/// MRR over |ΔS| and over the probe's excess, a curve for each system; points without a value are
/// left out, and so is a figure without points.
[[nodiscard]] std::vector<Figure> sweep_figures(const SweepRecord& sweep);

}  // namespace kgaudit::reports
