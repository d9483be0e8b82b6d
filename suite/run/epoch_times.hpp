#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.hpp"
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

/// What a system's epochs took: "time.seconds_per_epoch", median over the epochs after the warm-up,
/// and with the facet "phase" over those of the warm-up if there are any.
[[nodiscard]] std::vector<metrics::Fact> epoch_time_facts(std::span<const double> seconds,
                                                          std::size_t warm_up);

/// The median ratio of a system's epochs to those of another in the same rounds, the warm-up left
/// out.
[[nodiscard]] Measurement epoch_time_ratio(std::span<const double> seconds,
                                           std::span<const double> of_reference,
                                           std::size_t warm_up);

}  // namespace kgaudit::run
