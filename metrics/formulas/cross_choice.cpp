#include "metrics/formulas/cross_choice.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {

CrossChoice cross_choice(std::span<const RivalFigure> rivals, std::span<const std::uint32_t> folds,
                         std::uint32_t fold_count) {
  KGA_REQUIRE(!rivals.empty() && !folds.empty(), "{} rivals, {} persons", rivals.size(),
              folds.size());
  const auto n = static_cast<double>(folds.size());
  std::vector<double> in_fold(fold_count, 0.0);
  for (const std::uint32_t fold : folds) in_fold[fold] += 1.0;
  std::vector<std::size_t> best(fold_count, 0);
  std::vector<double> best_elsewhere(fold_count, -std::numeric_limits<double>::infinity());
  for (std::size_t r = 0; r < rivals.size(); ++r) {
    KGA_REQUIRE(rivals[r].influence.size() == folds.size(), "{} influences, {} persons",
                rivals[r].influence.size(), folds.size());
    std::vector<double> influence(fold_count, 0.0);
    double all = 0.0;
    for (std::size_t i = 0; i < folds.size(); ++i) {
      influence[folds[i]] += rivals[r].influence[i];
      all += rivals[r].influence[i];
    }
    for (std::uint32_t f = 0; f < fold_count; ++f) {
      const double others = n - in_fold[f];
      const double elsewhere =
          rivals[r].value + (others > 0.0 ? n * (all - influence[f]) / others : 0.0);
      if (elsewhere <= best_elsewhere[f]) continue;
      best_elsewhere[f] = elsewhere;
      best[f] = r;
    }
  }
  CrossChoice choice;
  choice.share.assign(rivals.size(), 0.0);
  for (std::uint32_t f = 0; f < fold_count; ++f) choice.share[best[f]] += in_fold[f] / n;
  if (std::ranges::all_of(best, [&](std::size_t r) { return r == best.front(); })) {
    const RivalFigure& chosen = rivals[best.front()];
    choice.value = chosen.value;
    choice.influence.assign(chosen.influence.begin(), chosen.influence.end());
    return choice;
  }
  std::vector<double> parts;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    const RivalFigure& chosen = rivals[best[folds[i]]];
    parts.push_back(chosen.value + n * chosen.influence[i]);
  }
  choice.value = mean(parts);
  for (const double part : parts) choice.influence.push_back((part - choice.value) / n);
  return choice;
}

}  // namespace kgaudit::metrics
