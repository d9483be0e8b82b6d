#include "metrics/stats/list_agreement.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

TEST_CASE("Lists share what stands at both their ends", "[stats][list-agreement]") {
  const std::vector<double> x = {6, 5, 4, 3, 2, 1};
  CHECK(shared_ends(x, x, 2) == 1.0);
  // Largest two: {0, 1} and {0, 2}; smallest two: {4, 5} and {4, 5}.
  const std::vector<double> y = {9, 3, 8, 2, 0, 1};
  CHECK(shared_ends(x, y, 2) == 0.75);
  const std::vector<double> turned = {1, 2, 3, 4, 5, 6};
  CHECK(shared_ends(x, turned, 3) == 0.0);
}

TEST_CASE("A change of units changes no agreement of lists", "[stats][list-agreement]") {
  Rng rng(1, "lists");
  std::vector<double> x(50);
  std::vector<double> y(50);
  std::vector<double> scaled(50);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = rng.normal();
    y[i] = rng.normal();
    scaled[i] = 7.0 * y[i] - 3.0;
  }
  CHECK(shared_ends(x, y, 20) == shared_ends(x, scaled, 20));
}

TEST_CASE("Lists of chance share as much as chance says, within the jackknife's interval",
          "[stats][list-agreement]") {
  int held = 0;
  double sum = 0.0;
  constexpr int kWorlds = 100;
  for (std::uint64_t world = 0; world < kWorlds; ++world) {
    std::vector<std::vector<double>> lists(5, std::vector<double>(100));
    Rng rng(world, "chance");
    for (auto& list : lists) {
      for (double& value : list) value = rng.normal();
    }
    const PairMean mean = mean_of_pairs(lists.size(), "seeds", [&](std::size_t i, std::size_t j) {
      return shared_ends(lists[i], lists[j], 20);
    });
    REQUIRE(mean.interval);
    sum += mean.value;
    held += mean.interval->low <= 0.2 && 0.2 <= mean.interval->high ? 1 : 0;
  }
  CHECK(sum / kWorlds == Approx(0.2).margin(0.01));
  CHECK(held >= 85);
}

TEST_CASE("The mean over pairs and its jackknife are those worked out by hand",
          "[stats][list-agreement]") {
  const std::array<std::array<double, 3>, 3> table = {{{0, .5, .7}, {0, 0, .9}, {0, 0, 0}}};
  const PairMean mean =
      mean_of_pairs(3, "seeds", [&](std::size_t i, std::size_t j) { return table.at(i).at(j); });
  CHECK(mean.value == Approx(0.7));
  // Without a list one pair is left: .9, .7, .5, squares .08 * 2 / 3, t of 2 degrees 4.302653.
  REQUIRE(mean.interval);
  CHECK(mean.interval->high - mean.value == Approx(4.302653 * std::sqrt(0.08 * 2.0 / 3.0)));
  CHECK(mean.interval->method == "jackknife, seeds");
  CHECK_FALSE(mean_of_pairs(2, "seeds", [](std::size_t, std::size_t) { return 0.5; }).interval);

  // Rows .2, .4 and .6, .8: without a row .7 or .3, without a column .6 or .4.
  const std::array<std::array<double, 2>, 2> across = {{{.2, .4}, {.6, .8}}};
  const PairMean both =
      mean_across(2, 2, "seeds", [&](std::size_t i, std::size_t j) { return across.at(i).at(j); });
  CHECK(both.value == Approx(0.5));
  REQUIRE(both.interval);
  CHECK(both.interval->high - both.value == Approx(12.7062 * std::sqrt(0.04 + 0.01)).epsilon(1e-5));
  CHECK_FALSE(mean_across(1, 2, "seeds", [](std::size_t, std::size_t) { return 0.5; }).interval);
}
