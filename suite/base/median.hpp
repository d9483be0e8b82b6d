#pragma once

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include "suite/base/error.hpp"

namespace kgaudit {

/// The middle of ascending values, or the midpoint of the two middle ones. `sorted` must hold at
/// least one value and no NaN.
[[nodiscard]] inline double median_of_sorted(std::span<const double> sorted) {
  KGA_REQUIRE(!sorted.empty(), "a median of no values");
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : std::midpoint(sorted[half - 1], sorted[half]);
}

/// The same for values in any order.
[[nodiscard]] inline double median(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return median_of_sorted(sorted);
}

}  // namespace kgaudit
