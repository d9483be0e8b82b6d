#pragma once

#include <optional>
#include <string>

#include "reports/figures/figure.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

// Every figure is nothing where the record lacks its facts. Bars and whiskers: sd over seeds, with
// one seed its 95 % confidence interval. `name` is the stem of the files.

/// Median seconds per epoch of every system.
[[nodiscard]] std::optional<Figure> seconds_figure(const RunRecord& record, const FactIndex& facts,
                                                   const std::string& name);
/// Training loss, or the term `term` of it such as "validation.mrr", over epochs; mean over seeds.
[[nodiscard]] std::optional<Figure> training_figure(const RunRecord& record, const FactIndex& facts,
                                                    const std::string& term,
                                                    const std::string& name);

}  // namespace kgaudit::reports
