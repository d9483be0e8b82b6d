#pragma once

#include <string>

#include "reports/record/fact_index.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// Whether another training seed gives the same lists of professions of a row and attribute; the
/// facts "stability.*" that a run ends with.
struct ListStability {
  const MeasurementLine* overlap = nullptr;    ///< nullptr = not on record
  const MeasurementLine* by_chance = nullptr;  ///< what lists of chance share
  const MeasurementLine* correlation = nullptr;

  /// Whether the lists may be shown as a finding: seeds share more of them than half way from what
  /// chance gives to all.
  [[nodiscard]] bool holds() const;
  /// The overlap that lists have to be above; nothing to compare with gives 1.
  [[nodiscard]] double needed() const;
};

[[nodiscard]] bool is_stability_fact(const MeasurementLine& line);

[[nodiscard]] ListStability list_stability(const FactIndex& facts, const SystemView& row,
                                           const std::string& attribute);

}  // namespace kgaudit::reports
