#include "metrics/formulas/nearest_rows.hpp"

#include <cmath>
#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;
using kgaudit::tests::near;

namespace nearest_rows_tests {
namespace {

using Ids = std::vector<std::uint32_t>;

/// Unit vectors at these degrees, times `length`.
FeatureMatrix at_angles(std::initializer_list<double> degrees, float length = 1.0F) {
  FeatureMatrix rows(static_cast<Eigen::Index>(degrees.size()), 2);
  Eigen::Index i = 0;
  for (const double d : degrees) {
    rows(i, 0) = length * static_cast<float>(std::cos(d * M_PI / 180.0));
    rows(i++, 1) = length * static_cast<float>(std::sin(d * M_PI / 180.0));
  }
  return rows;
}

Ids nearest(const FeatureMatrix& rows, std::size_t k, std::size_t threads = 1) {
  ThreadPool pool(threads);
  return nearest_rows(rows, k, Rng(1, "ties"), pool);
}

}  // namespace

TEST_CASE("The nearest rows are those with the smallest angle, whatever their length",
          "[metrics][nearest_rows]") {
  CHECK(nearest(at_angles({0, 10, 90, 101}), 1) == Ids{1, 0, 3, 2});
  CHECK(nearest(at_angles({0, 10, 90, 101}), 2) == Ids{1, 2, 0, 2, 3, 1, 2, 1});
  FeatureMatrix scaled = at_angles({0, 10, 90, 101});
  scaled.row(2) *= 100.0F;
  CHECK(nearest(scaled, 1) == Ids{1, 0, 3, 2});
}

TEST_CASE("Equal cosines go by chance and not by the order of rows, the same for any threads",
          "[metrics][nearest_rows]") {
  FeatureMatrix same = FeatureMatrix::Ones(200, 3);
  const Ids found = nearest(same, 1);
  CHECK(found == nearest(same, 1, 3));
  // All rows are equally near, so everybody's neighbour is the one that was drawn first.
  CHECK(found[0] == found[199]);
  CHECK(found[0] != 1);
}

TEST_CASE("Groups among themselves have lift 1, and groups that avoid themselves less than 0",
          "[metrics][nearest_rows]") {
  const Ids neighbours = {1, 0, 3, 2};
  const NeighbourShares apart = neighbour_shares(neighbours, 1, Ids{0, 0, 1, 1}, 2);
  CHECK(apart.expected[0] == near(1.0 / 3.0));
  CHECK(*apart.lift[0] == near(1.0));
  CHECK(*apart.macro == near(1.0));
  const NeighbourShares mixed = neighbour_shares(neighbours, 1, Ids{0, 1, 0, 1}, 2);
  CHECK(*mixed.macro == near(-0.5));  // (0 - 1/3) / (1 - 1/3)
}

TEST_CASE("Shares count neighbours of one's own group, and chance is taken from group sizes",
          "[metrics][nearest_rows]") {
  // Three of group 0 and two of group 1; two neighbours each.
  const Ids neighbours = {1, 3, 0, 2, 3, 4, 4, 0, 3, 1};
  const NeighbourShares shares = neighbour_shares(neighbours, 2, Ids{0, 0, 0, 1, 1}, 2);
  CHECK(shares.of_row == std::vector<double>{.5, 1, 0, .5, .5});
  CHECK(shares.share[0] == near(.5));
  CHECK(shares.expected == std::vector<double>{.5, .25});
  CHECK(*shares.lift[0] == near(0.0));
  CHECK(*shares.lift[1] == near(1.0 / 3.0));
  CHECK(*shares.macro == near(1.0 / 6.0));
}

}  // namespace nearest_rows_tests
