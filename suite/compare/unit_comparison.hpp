#pragma once

#include <span>

#include "reports/record/rows.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/compare/seed_comparison.hpp"

namespace kgaudit::run {

/// Whether two measures have their values on the same units, so that they are resampled together,
/// from the same draws.
[[nodiscard]] bool same_units(const ComparedMeasure& a, const ComparedMeasure& b);

/// The row against the reference with one value a test triple or person, for measures of the same
/// units: paired bootstrap of the seeds' mean and effect, and the hierarchical bootstrap over seeds
/// and units. Nothing for measures that are compared over seeds alone.
void compare_over_units(const ComparisonContext& context, RawUnits& units,
                        const reports::SystemView& row, std::span<const ComparedMeasure> measures);

}  // namespace kgaudit::run
