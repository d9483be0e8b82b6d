#pragma once

#include <optional>
#include <span>
#include <vector>

namespace kgaudit {

/// What one point costs in each criterion; lower is better, and a quality is a cost with its sign
/// turned. Nothing = not measured.
using Costs = std::vector<std::optional<double>>;

/// Whether no other point is at least as good in every criterion and better in one (Pareto 1906).
/// A criterion that no point has is left out; a point without one of the others is never optimal
/// and dominates nothing. Equal points are optimal together. Aligned with `points`, which all have
/// the same criteria.
[[nodiscard]] std::vector<bool> pareto_optimal(std::span<const Costs> points);

}  // namespace kgaudit
