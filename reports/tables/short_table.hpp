#pragma once

#include <string>
#include <utility>

#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// A column of a small table: one of a search or a sweep.
[[nodiscard]] inline Column number_column(std::string key, std::string header, int decimals,
                                          std::string unit = "",
                                          Direction direction = Direction::kDescriptive) {
  return {.key = std::move(key),
          .header = std::move(header),
          .decimals = decimals,
          .unit = std::move(unit),
          .direction = direction};
}

}  // namespace kgaudit::reports
