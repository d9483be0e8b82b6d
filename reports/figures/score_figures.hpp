#pragma once

#include <optional>
#include <string>

#include "reports/figures/figure.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

// Every figure is nothing where the record lacks its facts. Bars and whiskers: sd over seeds, with
// one seed its 95 % confidence interval. `name` is the stem of the files.

/// ΔS of every attribute and system.
[[nodiscard]] std::optional<Figure> score_gap_figure(const RunRecord& record,
                                                     const FactIndex& facts,
                                                     const std::string& name);
/// Fisher et al.'s S(v|v) against S(v|w): how the score of value `of` spreads over the persons with
/// either value of a two-valued attribute. Boxes: quartiles; whiskers: 5 % and 95 %; quantiles are
/// means over seeds.
[[nodiscard]] std::optional<Figure> score_distribution_figure(const RunRecord& record,
                                                              const FactIndex& facts,
                                                              const std::string& attribute,
                                                              const std::string& of,
                                                              const std::string& name);

}  // namespace kgaudit::reports
