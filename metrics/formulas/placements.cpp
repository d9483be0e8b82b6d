#include "metrics/formulas/placements.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {

std::optional<Placements> auc_placements(std::span<const double> scores,
                                         std::span<const Group> sides) {
  KGA_REQUIRE(scores.size() == sides.size(), "{} scores, {} sides", scores.size(), sides.size());
  std::vector<std::uint32_t> order;
  Placements result;
  for (std::uint32_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == Group::kNeither) continue;
    order.push_back(i);
    (sides[i] == Group::kPositive ? result.positives : result.negatives) += 1.0;
  }
  if (result.positives == 0.0 || result.negatives == 0.0) return std::nullopt;
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] != scores[b] ? scores[a] < scores[b] : a < b;
  });
  result.of.assign(scores.size(), 0.0);
  double positives_below = 0.0;
  double negatives_below = 0.0;
  for (std::size_t first = 0; first < order.size();) {
    // All units of one score share a place.
    std::size_t last = first;
    double positives_here = 0.0;
    double negatives_here = 0.0;
    for (; last < order.size() && scores[order[last]] == scores[order[first]]; ++last) {
      (sides[order[last]] == Group::kPositive ? positives_here : negatives_here) += 1.0;
    }
    const double above = result.positives - positives_below - positives_here;
    for (; first < last; ++first) {
      const std::uint32_t unit = order[first];
      result.of[unit] = sides[unit] == Group::kPositive
                            ? (negatives_below + negatives_here / 2.0) / result.negatives
                            : (above + positives_here / 2.0) / result.positives;
    }
    positives_below += positives_here;
    negatives_below += negatives_here;
  }
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == Group::kPositive) result.auc += result.of[i];
  }
  result.auc /= result.positives;
  return result;
}

std::optional<Interval> influence_interval(double value, std::span<const double> influence,
                                           const std::string& units, double level) {
  if (influence.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(influence.size());
  double squares = 0.0;
  for (const double x : influence) squares += x * x;
  const double half =
      distributions::normal_two_sided_quantile(level) * std::sqrt(count / (count - 1.0) * squares);
  return Interval{value - half, value + half, level, "normal, " + units};
}

void add_influence(const Placements& placements, std::span<const Group> sides, double weight,
                   std::span<double> influence) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i] == Group::kNeither) continue;
    const double n = sides[i] == Group::kPositive ? placements.positives : placements.negatives;
    influence[i] += weight * (placements.of[i] - placements.auc) / n;
  }
}

}  // namespace kgaudit::metrics
