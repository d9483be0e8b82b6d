#pragma once

#include <span>
#include <string>
#include <vector>

#include "suite/base/measurement.hpp"

namespace kgaudit::run {

/// The median of `values` with the interval between two order statistics that covers the true
/// median with at least `level` whatever the distribution (binomial counting). Too few values for
/// that give the whole range, at the level it really has: 1 - 2^(1-n). Undefined for none.
[[nodiscard]] Measurement median_measurement(std::vector<double> values, std::string unit,
                                             Direction direction, std::string_view units,
                                             double level = 0.95);

/// numerator[i] / denominator[i]; pairs with a denominator of 0 are left out.
[[nodiscard]] std::vector<double> paired_ratios(std::span<const double> numerator,
                                                std::span<const double> denominator);

}  // namespace kgaudit::run
