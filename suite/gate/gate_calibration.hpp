#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "suite/base/progress.hpp"
#include "suite/gate/gate_check.hpp"

namespace kgaudit::run {

/// How often a gate errs, by comparisons of a record with itself: its seeds are dealt at random to
/// a baseline and a candidate, so that nothing differs but chance.
struct GateCalibration {
  /// Of one figure with one row and attribute.
  struct Line {
    GateKey key;
    double margin = 0.0;          ///< mean over comparisons, in the figure's unit
    std::uint64_t undecided = 0;  ///< comparisons without a change that were not passed
    /// The smallest change among those tried that was reported as a regression in at least 95 % of
    /// comparisons, in the figure's unit; nothing if the largest, four margins, was not.
    std::optional<double> caught;
  };
  std::uint64_t comparisons = 0;
  std::uint64_t seeds_a_side = 0;
  std::uint64_t false_alarms = 0;  ///< comparisons in which any question came out as a regression
  std::uint64_t inconclusive = 0;  ///< ... in which none did and some question was undecided
  Interval false_alarm_rate;       ///< Wilson, 95 %
  std::vector<Line> lines;
};

/// Deals the seeds `comparisons` times. Throws InputError (usage) if the record has fewer than 4
/// seeds. The result depends on the record, the rules, `comparisons` and `seed` alone.
[[nodiscard]] GateCalibration calibrate_gate(const GateRules& rules, const GateState& record,
                                             std::uint64_t comparisons, std::uint64_t seed,
                                             Progress& progress = silent_progress());

}  // namespace kgaudit::run
