#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/parameters.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// The one system of an audit's plan and record: an embedding that was trained elsewhere.
inline constexpr std::string_view kAuditSystem = "audit";
/// The table of a plan that says which embedding, and how it is read.
inline constexpr std::string_view kAuditTable = "audit";

/// The rows of that table.
[[nodiscard]] std::span<const ParameterSpec> audit_parameters();

/// The plan of an audit: the data, the metrics and the statistics of `plan`, without training and
/// times, seed 0, nobody hidden (where `audit` has an origin, the plan's seed and hidden persons);
/// and `audit` (audit_parameters). Of the systems of `plan`, those in `previewed` stay behind
/// kAuditSystem with their parameters.
[[nodiscard]] Plan audit_plan(Plan plan, Parameters audit,
                              const std::vector<std::string>& previewed = {});

/// Whether the plan is one that audit_plan made.
[[nodiscard]] bool is_audit(const Plan& plan);

}  // namespace kgaudit::run
