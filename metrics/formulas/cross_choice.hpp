#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kgaudit::metrics {

/// A figure of persons, such as an AUC, as one of several classifiers has it.
struct RivalFigure {
  double value = 0.0;
  std::span<const double> influence;  ///< per person, see influence_interval
};

/// The figure of the best of several classifiers without what the choice itself adds: the largest
/// of several figures of the same persons lies above the truth.
struct CrossChoice {
  double value = 0.0;
  /// Per person, with the choice held fixed: where rivals are equally good, the figure varies by up
  /// to a fifth more than these say.
  std::vector<double> influence;
  /// Per rival: the share of persons whose part of the figure is this one's. They add up to 1.
  std::vector<double> share;
};

/// Each person's part, value + n influence, is taken from the rival whose figure is best among the
/// persons of the *other* folds; `value` is the mean of the parts. Where all folds choose the same
/// rival, it is that rival's own. To first order in the influences the choice is independent of the
/// persons it is applied to, so that without any signal the figure has no bias (cross-fitted
/// selection: Stone 1974; van der Laan, Polley, Hubbard 2007, the discrete super learner).
/// `folds[i]`, below `fold_count`, is that of person i; the first of equally good rivals is chosen.
/// There must be a rival and a person.
[[nodiscard]] CrossChoice cross_choice(std::span<const RivalFigure> rivals,
                                       std::span<const std::uint32_t> folds,
                                       std::uint32_t fold_count);

}  // namespace kgaudit::metrics
