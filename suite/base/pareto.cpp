#include "suite/base/pareto.hpp"

#include <algorithm>

#include "suite/base/error.hpp"

namespace kgaudit {
namespace {

bool dominates(std::span<const double> a, std::span<const double> b) {
  bool better_somewhere = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better_somewhere = better_somewhere || a[i] < b[i];
  }
  return better_somewhere;
}

}  // namespace

std::vector<bool> pareto_optimal(std::span<const Costs> points) {
  const std::size_t criteria = points.empty() ? 0 : points.front().size();
  std::vector<bool> used(criteria, false);
  for (const Costs& costs : points) {
    KGA_REQUIRE(costs.size() == criteria, "{} costs, {} before", costs.size(), criteria);
    for (std::size_t i = 0; i < criteria; ++i) used[i] = used[i] || costs[i].has_value();
  }
  std::vector<std::vector<double>> complete(points.size());  // empty = a criterion is missing
  for (std::size_t p = 0; p < points.size(); ++p) {
    for (std::size_t i = 0; i < criteria; ++i) {
      if (!used[i]) continue;
      if (!points[p][i]) {
        complete[p].clear();
        break;
      }
      complete[p].push_back(*points[p][i]);
    }
  }
  std::vector<bool> optimal(points.size(), false);
  for (std::size_t p = 0; p < points.size(); ++p) {
    optimal[p] = !complete[p].empty() &&
                 std::none_of(complete.begin(), complete.end(), [&](const auto& other) {
                   return !other.empty() && dominates(other, complete[p]);
                 });
  }
  return optimal;
}

}  // namespace kgaudit
