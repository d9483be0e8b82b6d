#include "metrics/formulas/group_separation.hpp"

#include <cmath>
#include <vector>

#include "metrics/stats/estimates.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;
using kgaudit::tests::near;

namespace group_separation_tests {
namespace {

using Labels = std::vector<std::uint32_t>;

RowMatrix column(std::initializer_list<double> values) {
  RowMatrix rows(static_cast<Eigen::Index>(values.size()), 1);
  Eigen::Index i = 0;
  for (const double value : values) rows(i++, 0) = value;
  return rows;
}

/// Rows of pure chance, with the labels 0 and 1 in turn; group 1 is moved by `shift` on one axis.
RowMatrix noise(Eigen::Index n, Eigen::Index dimension, double shift, std::uint64_t seed) {
  Rng rng(seed, "noise");
  RowMatrix rows(n, dimension);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index k = 0; k < dimension; ++k) rows(i, k) = rng.normal();
    if (i % 2 == 1) rows(i, 0) += shift;
  }
  return rows;
}

Labels alternating(std::size_t n) {
  Labels labels;
  for (std::size_t i = 0; i < n; ++i) labels.push_back(static_cast<std::uint32_t>(i % 2));
  return labels;
}

}  // namespace

TEST_CASE("Groups {0, 2} and {4, 6} are 7 apart, 2.83 in distance, and explain 0.7 of the spread",
          "[metrics][group_separation]") {
  const Labels labels = {0, 0, 1, 1};
  const GroupSums sums = group_sums(column({0, 2, 4, 6}), labels, 2);
  // |d|^2 = 16, s = 2 on each side: (16 - 1 - 1) / 2.
  CHECK(separation(sums, 0)->separation == near(7.0));
  CHECK(separation(sums, 1)->separation == near(7.0));
  CHECK(separation(sums, 1)->distance == near(std::sqrt(8.0)));
  // W = 4, T = 20: 1 - (4 / 2) / (20 / 3).
  CHECK(*explained_spread(sums) == near(0.7));
}

TEST_CASE("A group of three is compared with all others together", "[metrics][group_separation]") {
  const GroupSums sums = group_sums(column({0, 2, 3, 5, 7, 9}), Labels{0, 0, 1, 1, 2, 2}, 3);
  // Mean 1 against 6; within 2 and 20, traces 2 and 20 / 3, pooled 22 / 4.
  CHECK(separation(sums, 0)->separation == near((25.0 - 1.0 - 5.0 / 3.0) / 5.5));
}

TEST_CASE("Rotating, moving and scaling all rows changes no figure of groups",
          "[metrics][group_separation]") {
  const RowMatrix rows = noise(40, 3, 1.0, 5);
  const Labels labels = alternating(40);
  Eigen::Matrix3d turn;
  turn << 0, -1, 0, .6, 0, -.8, .8, 0, .6;
  RowMatrix turned = 2.5 * rows * turn.transpose();
  turned.rowwise() += Eigen::RowVector3d(4, -7, 1);
  const GroupSums before = group_sums(rows, labels, 2);
  const GroupSums after = group_sums(turned, labels, 2);
  CHECK(separation(after, 1)->separation == near(separation(before, 1)->separation, 1e-9));
  CHECK(separation(after, 1)->distance == near(separation(before, 1)->distance, 1e-9));
  CHECK(*explained_spread(after) == near(*explained_spread(before), 1e-9));
}

TEST_CASE("Chance alone gives 0 on average, where the plain distance does not",
          "[metrics][group_separation]") {
  std::vector<double> separations;
  std::vector<double> explained;
  double distance = 0.0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const GroupSums sums = group_sums(noise(30, 20, 0.0, seed), alternating(30), 2);
    separations.push_back(separation(sums, 1)->separation);
    explained.push_back(*explained_spread(sums));
    distance += separation(sums, 1)->distance / 200.0;
  }
  for (const auto* values : {&separations, &explained}) {
    const double error = *sample_sd(*values) / std::sqrt(200.0);
    CHECK(std::abs(mean(*values)) < 3.0 * error);
  }
  CHECK(distance > 0.3);
}

TEST_CASE("A planted shift is found at its size, and its interval covers it",
          "[metrics][group_separation]") {
  // The truth: shift^2 / dimension = 9 / 4.
  const RowMatrix rows = noise(4000, 4, 3.0, 8);
  const Labels labels = alternating(4000);
  const GroupSums sums = group_sums(rows, labels, 2);
  const double value = separation(sums, 1)->separation;
  CHECK(value == near(2.25, 0.15));
  const auto influence = separation_influence(rows, labels, sums, 1);
  double squares = 0.0;
  double sum = 0.0;
  for (const double x : influence) {
    squares += x * x;
    sum += x;
  }
  CHECK(sum == near(0.0, 5e-3));
  CHECK(std::abs(value - 2.25) < 3.0 * std::sqrt(squares));
  // The squared distance has the variance 4 * 9 * (1/2000 + 1/2000), a sixteenth of it after the
  // division by the dimension; the spread within the groups adds 2.25^2 * 2 / 16000.
  CHECK(std::sqrt(squares) == near(std::sqrt(0.036 / 16.0 + 5.0625 / 8000.0), 0.003));
}

TEST_CASE("Groups that cannot be compared give nothing", "[metrics][group_separation]") {
  CHECK_FALSE(separation(group_sums(column({1, 2, 3}), Labels{0, 0, 1}, 2), 1));
  CHECK_FALSE(separation(group_sums(column({1, 1, 1, 1}), Labels{0, 0, 1, 1}, 2), 1));
  CHECK_FALSE(explained_spread(group_sums(column({1, 1, 1}), Labels{0, 0, 1}, 2)));
  CHECK_FALSE(explained_spread(group_sums(column({1, 2}), Labels{0, 1}, 2)));
  CHECK_FALSE(explained_spread(group_sums(column({1, 2, 3}), Labels{0, 0, 0}, 1)));
}

}  // namespace group_separation_tests
