#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace kgaudit::metrics {

/// One prediction about one person.
struct ParityRow {
  std::uint32_t truth = 0;             ///< class
  std::uint32_t predicted = 0;         ///< class
  std::optional<std::uint32_t> group;  ///< value of the attribute; nothing = not known
};

/// kgbiasdetec's published DPD (Keidar et al. 2021): (1/|A|) sum_a sum_t |P(yhat = t | a) -
/// P(yhat = t | not a)|, t over the classes that occur both as truth and as prediction, "not a"
/// with the rows whose group is unknown. An L1 distance, so up to 2, not 1 as its comment says; its
/// later code divides by |A| + 1, its published tables do not. Nothing when no row has a group or a
/// group's complement is empty.
[[nodiscard]] std::optional<double> parity_distance_compat(std::span<const ParityRow> rows);

/// This project's DPD: mean over groups of the total variation (half L1) between the predicted
/// classes of a group and of the other known groups, over all predicted classes; in [0, 1], 0 =
/// parity. Nothing for fewer than two groups.
[[nodiscard]] std::optional<double> demographic_parity(std::span<const ParityRow> rows);

/// Predictive parity distance: mean over groups of |accuracy(a) - accuracy(other known groups)|, in
/// [0, 1]. Nothing for fewer than two groups (kgbiasdetec says 0 there).
[[nodiscard]] std::optional<double> predictive_parity(std::span<const ParityRow> rows);

/// Equalised odds: mean over groups and classes of |rate(a) - rate(other known groups)|, for true
/// and for false positive rates. A (group, class) whose rate rests on fewer than `min_rows` rows on
/// either side is left out; nothing when none is left.
struct EqualisedOdds {
  std::optional<double> true_positive_gap;
  std::optional<double> false_positive_gap;
};
[[nodiscard]] EqualisedOdds equalised_odds(std::span<const ParityRow> rows, std::size_t min_rows);

}  // namespace kgaudit::metrics
