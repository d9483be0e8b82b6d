#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/training/system.hpp"
#include "reports/record/search_record.hpp"
#include "suite/base/parameters.hpp"

namespace kgaudit::run {

/// One searched parameter and its range.
struct SearchAxis {
  std::string parameter;
  double low = 0.0;
  double high = 0.0;
  models::Scale scale = models::Scale::kLog;
  bool whole = false;  ///< integers only
  /// Not empty: the parameter is one of these words, and its value the number of the word.
  std::vector<std::string> choices{};
};

/// One value for each axis.
using SearchPoint = std::vector<double>;

/// The axes of the training settings that all systems share: how many negatives, and whether a
/// batch's other entities are some. The best of them is whatever ranks best with the likelihood
/// alone.
[[nodiscard]] std::vector<SearchAxis> shared_axes();

/// The axes of a system on data with these sensitive attributes; none = nothing to search.
[[nodiscard]] std::vector<SearchAxis> search_axes(const models::SystemEntry& system,
                                                  std::span<const std::string> attributes);

/// The value at `place` in [0, 1] of the axis, to three significant digits, so that a plan stays
/// readable; and the place of a value (clamped). Words share [0, 1] equally.
[[nodiscard]] double value_at(const SearchAxis& axis, double place);
[[nodiscard]] double place_of(const SearchAxis& axis, double value);
/// A value as its parameter has it: a word, a whole number or a real; and back. A flag is one of
/// the words "false" and "true", in which it is on record. A word that is not among the axis's
/// choices is added behind them: a plan may begin outside of what is searched.
[[nodiscard]] ParameterValue parameter_value(const SearchAxis& axis, double value);
[[nodiscard]] double value_of(SearchAxis& axis, const ParameterValue& value);

struct SearchTrial {
  SearchPoint point;
  reports::TrialResult result;
};
/// The first of the best trials; nothing for none.
[[nodiscard]] std::optional<std::size_t> best_trial(std::span<const SearchTrial> trials);

/// The next point of a search of `budget` trials: first `start` itself (a search never ends below
/// where it began), then points drawn uniformly over the axes' scales up to half of the budget,
/// then Gaussian steps from the best trial so far, which shrink from a quarter of the range to a
/// thirtieth of it; a word changes to another one with the step's length as its probability. A
/// function of its arguments alone: whoever has the trials so far gets the same
/// point, interrupted or not. `seed` and `stream` key the random numbers.
[[nodiscard]] SearchPoint propose(std::span<const SearchAxis> axes, const SearchPoint& start,
                                  std::span<const SearchTrial> trials, std::size_t budget,
                                  std::uint64_t seed, std::string_view stream);

}  // namespace kgaudit::run
