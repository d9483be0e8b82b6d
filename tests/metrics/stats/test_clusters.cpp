#include "metrics/stats/clusters.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Column = std::vector<double>;

}  // namespace

TEST_CASE("Values are summed within their clusters, clusters stand stratum by stratum",
          "[metrics][stats]") {
  const Column x = {1, 2, 4, 8, 16};
  const std::vector<std::span<const double>> columns = {x};
  const auto gathered = ClusteredValues::gather(columns, std::vector<std::uint32_t>{9, 3, 9, 5, 3},
                                                std::vector<std::uint32_t>{2, 1, 2, 2, 1});
  REQUIRE(gathered.defined());
  CHECK(std::ranges::equal(gathered->sums(0), Column{18, 5, 8}));
  CHECK(std::ranges::equal(gathered->sizes(), Column{2, 2, 1}));
  CHECK(std::ranges::equal(gathered->strata(), std::vector<std::size_t>{0, 1, 3}));
  CHECK(gathered->mean(0) == near(31.0 / 5));
  CHECK_THROWS_AS(ClusteredValues::gather(columns, std::vector<std::uint32_t>{9, 3, 9, 5, 3},
                                          std::vector<std::uint32_t>{2, 1, 1, 2, 1}),
                  BrokenInvariant);
}

TEST_CASE("What cannot be clustered comes back with the reason", "[metrics][stats]") {
  const Column x = {1, NAN};
  const std::vector<std::span<const double>> columns = {x};
  CHECK(ClusteredValues::each(columns).reason() == "number 1 of the values is not finite: nan");
  const Column y = {1, 2};
  const std::vector<std::span<const double>> fine = {y};
  CHECK(ClusteredValues::gather(fine, std::vector<std::uint32_t>{4, 4}).reason() ==
        "1 cluster, 2 or more are needed");
}
