#include "metrics/stats/multiplicity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "suite/base/distributions/distributions.hpp"

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

/// Share of alpha that every test has whatever its effect.
constexpr double kEqualPart = 0.1;

double above(double t, double degrees) {
  return std::isinf(degrees) ? distributions::normal_above(t)
                             : distributions::student_above(t, degrees);
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

std::vector<double> weighted_holm(std::span<const double> p, std::span<const double> weights) {
  KGA_REQUIRE(p.size() == weights.size(), "{} p values, {} weights", p.size(), weights.size());
  std::vector<double> ratios;
  for (std::size_t i = 0; i < p.size(); ++i) {
    KGA_REQUIRE(p[i] >= 0.0 && p[i] <= 1.0, "p = {}", p[i]);
    KGA_REQUIRE(weights[i] > 0.0 && std::isfinite(weights[i]), "weight {}", weights[i]);
    ratios.push_back(p[i] / weights[i]);
  }
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return ratios[i] < ratios[j]; });
  // From the end, so that equal weights leave exact counts.
  std::vector<double> left(p.size() + 1, 0.0);
  for (std::size_t k = p.size(); k > 0; --k) left[k - 1] = left[k] + weights[order[k - 1]];
  std::vector<double> adjusted(p.size());
  double largest = 0.0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    largest = std::max(largest, std::min(1.0, ratios[order[k]] * left[k]));
    adjusted[order[k]] = largest;
  }
  return adjusted;
}

std::vector<double> shares_of_alpha(std::span<const PlannedTest> tests, double alpha) {
  KGA_REQUIRE(alpha > 0.0 && alpha < 1.0, "alpha = {}", alpha);
  if (tests.empty()) return {};
  std::vector<double> shares(tests.size());
  // Every test asks for a t of at least its effect less `reach`; the larger, the more of alpha.
  const auto spend = [&](double reach) {
    double sum = 0.0;
    for (std::size_t i = 0; i < tests.size(); ++i) {
      shares[i] = above(tests[i].effect - reach, tests[i].degrees);
      sum += shares[i];
    }
    return sum;
  };
  double least = tests.front().effect;
  double most = least;
  for (const PlannedTest& test : tests) {
    KGA_REQUIRE(test.effect > 0.0 && std::isfinite(test.effect), "effect {}", test.effect);
    least = std::min(least, test.effect);
    most = std::max(most, test.effect);
  }
  // With `most` the test of the largest effect alone spends .5.
  double low = least - 1.0;
  while (spend(low) > alpha) low -= std::max(1.0, std::abs(low));
  double high = most + 1.0;
  while (spend(high) < alpha) high += high;
  constexpr int kHalvings = 100;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2.0;
    (spend(middle) > alpha ? high : low) = middle;
  }
  const double spent = spend(low);
  const double equal = kEqualPart * alpha / static_cast<double>(tests.size());
  for (double& share : shares) share = equal + (1.0 - kEqualPart) * alpha * share / spent;
  return shares;
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
