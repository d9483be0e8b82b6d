#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "suite/base/parameters.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// The one table that may not change a number, and is therefore no part of the plan's identity.
inline constexpr std::string_view kExecutionTable = "run";

/// Every key that a plan or `--set` may give, with its description, before any choice is made:
/// the sections of all systems, metrics and datasets at their defaults. Feeds help and docs.
[[nodiscard]] std::vector<PlanSection> all_plan_sections();

/// The parameter tables that belong to the runner itself.
[[nodiscard]] std::span<const ParameterSpec> dataset_parameters();
[[nodiscard]] std::span<const ParameterSpec> evaluation_parameters();
[[nodiscard]] std::span<const ParameterSpec> statistics_parameters();

}  // namespace kgaudit::run
