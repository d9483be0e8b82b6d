#include "metrics/formulas/group_projection.hpp"

#include <cmath>
#include <vector>

#include "metrics/stats/estimates.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;
using kgaudit::tests::near;

namespace group_projection_tests {
namespace {

RowMatrix noise(Eigen::Index n, Eigen::Index dimension, double shift, std::uint64_t seed) {
  Rng rng(seed, "noise");
  RowMatrix rows(n, dimension);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index k = 0; k < dimension; ++k) rows(i, k) = rng.normal();
    if (i % 2 == 1) rows(i, 1) += shift;
  }
  return rows;
}

/// Every second row is in the group; folds of two rows each in turn.
struct Layout {
  explicit Layout(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      in_group.push_back(i % 2 == 1);
      folds.push_back(static_cast<std::uint32_t>(i / 2 % 5));
    }
  }
  std::vector<bool> in_group;
  std::vector<std::uint32_t> folds;
};

double held_out_gap(const RowMatrix& rows) {
  const Layout layout(static_cast<std::size_t>(rows.rows()));
  const auto places = held_out_projections(rows, layout.in_group, layout.folds, 5);
  return standardised_gap(*places, layout.in_group)->gap;
}

}  // namespace

TEST_CASE("Each fold is projected on the direction of the others, at length 1",
          "[metrics][group_projection]") {
  RowMatrix rows(4, 2);
  rows << 3, 0, 0, 0, 0, 8, 0, 2;
  const std::vector<bool> in_group = {true, false, true, false};
  const std::vector<std::uint32_t> folds = {0, 0, 1, 1};
  // Fold 0 lies on the direction (0, 6) of fold 1, fold 1 on (3, 0) of fold 0.
  const auto places = held_out_projections(rows, in_group, folds, 2);
  REQUIRE(places);
  CHECK(*places == std::vector<double>{0, 0, 0, 0});
  rows << 3, 4, 0, 0, 8, 6, 2, 6;
  const auto turned = held_out_projections(rows, in_group, folds, 2);
  REQUIRE(turned);
  CHECK((*turned)[0] == near(3.0));
  CHECK((*turned)[2] == near(8.0 * .6 + 6.0 * .8));
}

TEST_CASE("The gap of {3, 5} over {0, 2} is 3 over a deviation of the root of 2",
          "[metrics][group_projection]") {
  const auto result = standardised_gap(std::vector<double>{3, 0, 5, 2}, {true, false, true, false});
  REQUIRE(result);
  CHECK(result->gap == near(3.0 / std::sqrt(2.0)));
  CHECK_FALSE(standardised_gap(std::vector<double>{3, 0, 2}, {true, false, false}));
  CHECK_FALSE(standardised_gap(std::vector<double>{1, 1, 1, 1}, {true, false, true, false}));
}

TEST_CASE("The standard error of a gap is that of Cohen's d", "[metrics][group_projection]") {
  const RowMatrix rows = noise(2000, 2, 1.0, 3);
  const Layout layout(2000);
  std::vector<double> values;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) values.push_back(rows(i, 1));
  const auto result = standardised_gap(values, layout.in_group);
  double squares = 0.0;
  for (const double x : result->influence) squares += x * x;
  // (n1 + n2) / (n1 n2) + d^2 / (2 (n1 + n2)), Hedges and Olkin 1985.
  const double d = result->gap;
  CHECK(std::sqrt(squares) == near(std::sqrt(2000.0 / 1e6 + d * d / 4000.0), 2e-3));
}

TEST_CASE("Chance gives a held-out gap of 0 on average, in any number of dimensions",
          "[metrics][group_projection]") {
  std::vector<double> gaps;
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    gaps.push_back(held_out_gap(noise(40, 30, 0, seed)));
  CHECK(std::abs(mean(gaps)) < 3.0 * *sample_sd(gaps) / std::sqrt(200.0));
}

TEST_CASE("A planted gap is found, and neither rotation nor scale changes it",
          "[metrics][group_projection]") {
  const RowMatrix rows = noise(2000, 3, 2.0, 4);
  const double gap = held_out_gap(rows);
  CHECK(gap == near(2.0, 0.15));
  Eigen::Matrix3d turn;
  turn << 0, -1, 0, .6, 0, -.8, .8, 0, .6;
  CHECK(held_out_gap(5.0 * rows * turn.transpose()) == near(gap, 1e-9));
}

TEST_CASE("The variance along the groups' direction is a share of all variance",
          "[metrics][group_projection]") {
  RowMatrix rows(4, 2);
  rows << 0, 1, 2, 1, 0, -1, 2, -1;
  // The groups differ on the first axis alone, where half of the variance lies.
  CHECK(*variance_share(rows, {false, true, false, true}) == near(0.5));
  CHECK_FALSE(variance_share(rows, {false, true, true, false}));
}

TEST_CASE("A fold that holds all of a group leaves no direction", "[metrics][group_projection]") {
  CHECK_FALSE(held_out_projections(noise(4, 2, 0, 1), {true, true, false, false},
                                   std::vector<std::uint32_t>{0, 0, 1, 1}, 2));
}

}  // namespace group_projection_tests
