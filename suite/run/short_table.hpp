#pragma once

#include <optional>
#include <string>

#include "reports/tables/table.hpp"

namespace kgaudit::run {

/// Columns and cells of the small tables that searches and sweeps end with.
[[nodiscard]] reports::Column text_column(std::string key, std::string header);
[[nodiscard]] reports::Column number_column(std::string key, std::string header, int decimals,
                                            std::string unit = "",
                                            Direction direction = Direction::kDescriptive);
/// "undef." with the reason where there is no value.
[[nodiscard]] reports::Cell number_cell(const std::optional<double>& value,
                                        const std::string& reason = "not measured");

}  // namespace kgaudit::run
