#pragma once

#include <span>
#include <string>

#include "metrics/stats/outcome.hpp"

namespace kgaudit::metrics::stats {

/// Cohen's dz = mean / sd of paired differences. Interval by inverting the noncentral t
/// distribution up to 100 differences (exact for normal ones), above by
/// se^2 = 1/n + dz^2 / (2n). Undefined for n < 2 and without spread.
[[nodiscard]] Outcome<Estimate> cohen_dz(std::span<const double> differences,
                                         const std::string& units, double level = 0.95);

}  // namespace kgaudit::metrics::stats
