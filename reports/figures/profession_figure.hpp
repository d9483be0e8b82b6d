#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "reports/figures/figure.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// The `top` professions that lean most to either side for the first system, as bars, with the
/// other systems' values as markers; in sd over professions, which compare between systems. Nothing
/// where other seeds give the first system other professions (list_stability).
[[nodiscard]] std::optional<Figure> profession_figure(const RunRecord& record,
                                                      const FactIndex& facts,
                                                      const std::string& attribute, std::size_t top,
                                                      const std::string& name);

}  // namespace kgaudit::reports
