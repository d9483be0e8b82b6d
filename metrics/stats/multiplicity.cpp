#include "metrics/stats/multiplicity.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace kgaudit::metrics::stats {
namespace {

/// Places of `p` from the smallest value to the largest.
std::vector<std::size_t> ascending(std::span<const double> p) {
  for (const double x : p) KGA_REQUIRE(x >= 0.0 && x <= 1.0, "p = {}", x);
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return p[i] < p[j]; });
  return order;
}

}  // namespace

std::vector<double> holm(std::span<const double> p) {
  const auto order = ascending(p);
  std::vector<double> adjusted(p.size());
  double largest = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto left = static_cast<double>(p.size() - k);
    largest = std::max(largest, std::min(1.0, left * p[order[k]]));
    adjusted[order[k]] = largest;
  }
  return adjusted;
}

std::vector<Adjusted> adjust(const Family& family, std::span<const Tested> tests) {
  const std::string place = "family '" + family.name + "'";
  std::map<std::string, std::size_t> places;
  std::vector<Adjusted> result;
  for (const std::string& id : family.hypotheses) {
    if (!places.emplace(id, result.size()).second) {
      throw InputError::usage(place, fmt::format("hypothesis '{}' twice", id),
                              "every hypothesis once");
    }
    result.push_back({id, std::nullopt, std::nullopt});
  }
  std::vector<bool> seen(result.size(), false);
  for (const Tested& test : tests) {
    const auto found = places.find(test.hypothesis);
    if (found == places.end()) {
      throw InputError::usage(place, fmt::format("a test of '{}'", test.hypothesis),
                              fmt::format("one of the {} declared hypotheses", result.size()),
                              "declare it in the plan before the run");
    }
    if (seen[found->second]) {
      throw InputError::usage(place, fmt::format("two tests of '{}'", test.hypothesis),
                              "one test of every hypothesis");
    }
    seen[found->second] = true;
    result[found->second].p = test.p;
  }
  std::vector<double> p;
  for (const Adjusted& h : result) p.push_back(h.p.value_or(1.0));
  const std::vector<double> adjusted = holm(p);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i].p) result[i].adjusted_p = adjusted[i];
  }
  return result;
}

}  // namespace kgaudit::metrics::stats
