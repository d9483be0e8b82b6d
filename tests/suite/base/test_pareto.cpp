#include "suite/base/pareto.hpp"

#include "tests/test_support.hpp"

namespace kgaudit {
namespace {

using Flags = std::vector<bool>;

/// Quality, which is better the higher it is, and two costs.
Flags optimal(const std::vector<Costs>& places) {
  std::vector<Costs> costs = places;
  for (Costs& place : costs) {
    if (place.front()) place.front() = -*place.front();
  }
  return pareto_optimal(costs);
}

TEST_CASE("A place is optimal unless another is nowhere worse and somewhere better",
          "[base][pareto]") {
  // b is worse than a everywhere; c pays quality for neutrality; d leaks less than all; e is a with
  // more leakage alone.
  CHECK(optimal({{0.30, 1.0, 0.20},
                 {0.29, 1.1, 0.25},
                 {0.25, 0.2, 0.20},
                 {0.10, 5.0, 0.00},
                 {0.30, 1.0, 0.21}}) == Flags{true, false, true, true, false});
  CHECK(optimal({}).empty());
  CHECK(optimal({{0.1, 1.0, 1.0}}) == Flags{true});
}

TEST_CASE("Equal places are optimal together, or dominated together", "[base][pareto]") {
  CHECK(optimal({{0.3, 1.0, 0.1}, {0.3, 1.0, 0.1}}) == Flags{true, true});
  CHECK(optimal({{0.3, 1.0, 0.1}, {0.3, 1.0, 0.1}, {0.4, 1.0, 0.1}}) == Flags{false, false, true});
}

TEST_CASE("A place without a value is never optimal and dominates nothing", "[base][pareto]") {
  CHECK(optimal({{0.9, 0.0, std::nullopt}, {0.3, 1.0, 0.1}, {std::nullopt, 0.0, 0.0}}) ==
        Flags{false, true, false});
  CHECK(optimal({{std::nullopt, std::nullopt, std::nullopt}}) == Flags{false});
}

TEST_CASE("A criterion that was measured nowhere is left out", "[base][pareto]") {
  CHECK(optimal({{0.3, 1.0, std::nullopt}, {0.2, 2.0, std::nullopt}, {0.2, 0.5, std::nullopt}}) ==
        Flags{true, false, true});
}

}  // namespace
}  // namespace kgaudit
