#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "suite/base/measurement.hpp"

namespace kgaudit::metrics::stats {

/// How far lists that are made of the same items again and again agree, as over training seeds.

/// The items that stand in both lists: the `top` largest of either side, and the `top` smallest,
/// as a share of `top`, the mean of both ends. In [0, 1]; chance gives top / items. Equal values
/// are taken in the order of the items. 0 < top <= items / 2, and both sides have all items.
[[nodiscard]] double shared_ends(std::span<const double> x, std::span<const double> y,
                                 std::size_t top);

/// A mean over pairs of lists.
struct PairMean {
  double value = 0.0;
  /// Jackknife over the lists (Arvesen 1969), because pairs that share a list depend on each other;
  /// nothing for fewer than 3 lists, or 2 on either side.
  std::optional<Interval> interval;
};

/// Of every two of `count` lists; `agreement(i, j)` with i < j. `units` names the lists in the
/// interval's method. count >= 2.
[[nodiscard]] PairMean mean_of_pairs(
    std::size_t count, const std::string& units,
    const std::function<double(std::size_t, std::size_t)>& agreement, double level = 0.95);

/// Of every list of one side with every list of another. Both counts >= 1.
[[nodiscard]] PairMean mean_across(std::size_t ours, std::size_t theirs, const std::string& units,
                                   const std::function<double(std::size_t, std::size_t)>& agreement,
                                   double level = 0.95);

}  // namespace kgaudit::metrics::stats
