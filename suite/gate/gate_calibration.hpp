#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "suite/base/progress.hpp"
#include "suite/gate/gate_check.hpp"

namespace kgaudit::run {

/// A change for the worse that is planted into one side of every comparison.
struct PlantedChange {
  std::string figure;     ///< id of a GateFigure
  std::string attribute;  ///< "" = every attribute that the record has; each is planted by itself
  double amount = 0.0;    ///< above 0: in the figure's unit, or as a share as `margin_share` is
  bool is_share = false;
};

/// "mrr_others=3%", "score_gap/gender=20%", "leakage_auc=0.02". Throws InputError (usage) at
/// `place` for what is no such text.
[[nodiscard]] PlantedChange parse_planted_change(std::string_view text, const std::string& place);

/// How often a gate errs, by comparisons of a record with itself: its seeds are dealt at random to
/// a baseline and a candidate, so that nothing differs but chance.
struct GateCalibration {
  /// Of one figure with one row and attribute.
  struct Line {
    GateKey key;
    double margin = 0.0;          ///< mean over comparisons, in the figure's unit
    std::uint64_t undecided = 0;  ///< comparisons without a change that were not passed
    /// A margin just above this would pass what has not changed: with these margins together, all
    /// questions of at least 95 % of comparisons are passed. In the figure's unit; nothing where no
    /// margin decides ("better") or some comparison has no interval.
    std::optional<double> unchanged_within;
    /// The smallest change among those tried that was reported as a regression in at least 95 % of
    /// comparisons, in the figure's unit; nothing if the largest, four margins, was not.
    std::optional<double> caught;
    std::string not_caught;  ///< why `caught` is nothing
  };
  /// What became of a planted change, in comparisons.
  struct Planted {
    GateKey key;
    double amount = 0.0;  ///< mean over comparisons, in the figure's unit
    double room = 0.0;    ///< likewise: up to the worst value there is
    double margin = 0.0;  ///< likewise
    std::uint64_t caught = 0;
    std::uint64_t passed = 0;
    Interval caught_rate;  ///< Wilson, 95 %
    /// A figure cannot get so much worse: nothing was planted.
    [[nodiscard]] bool impossible() const { return amount > room; }
  };
  std::uint64_t comparisons = 0;
  std::uint64_t seeds = 0;  ///< of the record
  /// In how many different ways its seeds can be dealt to the two sides. More comparisons than that
  /// say nothing new, so intervals count no more. Infinite where it is beyond all doubles.
  double different_deals = 0.0;
  std::uint64_t seeds_a_side = 0;  ///< of the candidate
  std::uint64_t baseline_seeds = 0;
  std::uint64_t false_alarms = 0;  ///< comparisons in which any question came out as a regression
  std::uint64_t inconclusive = 0;  ///< ... in which none did and some question was undecided
  /// Wilson, 95 %: over the deals of these seeds. Other trainings may do otherwise.
  Interval false_alarm_rate;
  std::vector<Line> lines;
  std::vector<Planted> planted;
};

struct CalibrationOptions {
  std::uint64_t comparisons = 400;
  std::uint64_t seed = 0;
  /// Seeds of the candidate; nothing = half of the record's. With 1 on both sides there is nothing
  /// but the intervals over persons and triples, as with two audits.
  std::optional<std::uint64_t> seeds_a_side = {};
  std::optional<std::uint64_t> baseline_seeds = {};  ///< nothing = as many as the candidate's
  bool plant_changes = true;  ///< off: `caught` stays empty, which takes most of the time
  std::vector<PlantedChange> planted = {};
};

/// The rules with margins that pass what has not changed: each rule that has a margin gets the
/// largest `unchanged_within` of what it asks, rounded up to two digits, where its own is smaller.
/// No margin is lowered.
[[nodiscard]] GateRules with_measured_margins(GateRules rules, const GateCalibration& calibration);

/// Deals the seeds again and again. Throws InputError (usage) if the record has too few seeds, or
/// if no rule asks about a planted change. The result depends on the record, the rules and the
/// options alone.
[[nodiscard]] GateCalibration calibrate_gate(const GateRules& rules, const GateState& record,
                                             const CalibrationOptions& options,
                                             Progress& progress = silent_progress());

}  // namespace kgaudit::run
