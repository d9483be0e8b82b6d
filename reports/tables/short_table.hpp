#pragma once

#include <optional>
#include <string>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Columns and cells of small tables: those of a search, a sweep, an erased file.
[[nodiscard]] Column text_column(std::string key, std::string header);
[[nodiscard]] Column number_column(std::string key, std::string header, int decimals,
                                   std::string unit = "",
                                   Direction direction = Direction::kDescriptive);
/// "undef." with the reason where there is no value.
[[nodiscard]] Cell number_cell(const std::optional<double>& value,
                               const std::string& reason = "not measured");

}  // namespace kgaudit::reports
