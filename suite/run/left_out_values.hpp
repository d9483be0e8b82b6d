#pragma once

#include <vector>

#include "datasets/dataset.hpp"
#include "reports/record/run_record.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// A finding for each sensitive attribute with values that the plan's score gaps do not compare,
/// because only the commonest are candidates (top_m): how many persons have them, and the commonest
/// of them. Without it a third gender would be in no table and in no word.
[[nodiscard]] std::vector<reports::FindingLine> left_out_values(const Plan& plan,
                                                                const datasets::Dataset& data);

}  // namespace kgaudit::run
