#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "suite/base/measurement.hpp"

namespace kgaudit::metrics {

/// The area under the ROC curve with what each unit contributes to it (DeLong, DeLong,
/// Clarke-Pearson 1988).
struct Placements {
  double auc = 0.0;        ///< P(score of a positive > score of a negative), ties a half
  double positives = 0.0;  ///< how many
  double negatives = 0.0;
  /// Per unit. Of a positive: the share of negatives that score less, ties a half. Of a negative:
  /// the share of positives that score more, ties a half. 0 for a unit that is neither. The mean
  /// over the positives is `auc`, and so is the mean over the negatives.
  std::vector<double> of;
};

/// What a unit is in a comparison of two groups.
enum class Group : std::uint8_t { kNegative, kPositive, kNeither };

/// In O(n log n). Nothing when either group is empty. Scores must be finite.
[[nodiscard]] std::optional<Placements> auc_placements(std::span<const double> scores,
                                                       std::span<const Group> sides);

/// Interval of an estimate whose error is a sum over independent units: `influence[i]` is what unit
/// i adds to the difference of the estimate from the truth. SE^2 = G / (G - 1) * sum of the
/// squares over the G units; nothing for fewer than 2.
[[nodiscard]] std::optional<Interval> influence_interval(double value,
                                                         std::span<const double> influence,
                                                         const std::string& units,
                                                         double level = 0.95);

/// Adds `weight` times what each unit adds to the error of the AUC: (of - auc) / number on its
/// side.
void add_influence(const Placements& placements, std::span<const Group> sides, double weight,
                   std::span<double> influence);

}  // namespace kgaudit::metrics
