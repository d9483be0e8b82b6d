#include "metrics/formulas/association.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::RowMatrix;
using tests::near;

namespace {

RowMatrix rows(std::initializer_list<std::initializer_list<double>> values) {
  RowMatrix matrix(static_cast<Eigen::Index>(values.size()),
                   static_cast<Eigen::Index>(values.begin()->size()));
  Eigen::Index i = 0;
  for (const auto& row : values) {
    Eigen::Index k = 0;
    for (const double x : row) matrix(i, k++) = x;
    ++i;
  }
  return matrix;
}

const RowMatrix kFirst = rows({{1, 0}, {.8, .6}});
const RowMatrix kSecond = rows({{0, 1}, {.6, .8}});
const RowMatrix kA = rows({{1, 0}});
const RowMatrix kB = rows({{0, 1}});

}  // namespace

TEST_CASE("WEAT's associations of two pairs are 1, .2, -1 and -.2", "[metrics][association]") {
  const auto s1 = metrics::associations(kFirst, kA, kB);
  const auto s2 = metrics::associations(kSecond, kA, kB);
  REQUIRE(s1);
  REQUIRE(s2);
  CHECK((*s1)(0) == near(1.0, 1e-9));
  CHECK((*s1)(1) == near(.2, 1e-9));
  CHECK((*s2)(0) == near(-1.0, 1e-9));
  CHECK((*s2)(1) == near(-.2, 1e-9));
}

TEST_CASE("Coherence is -1 where words stand opposed to two sets, 1 to one set and itself",
          "[metrics][association]") {
  const RowMatrix fan = rows({{1, .1}, {1, .5}, {1, 1}, {.2, 1}});
  CHECK(*metrics::coherence(kA, kB, fan) == near(-1.0, 1e-9));
  CHECK(*metrics::coherence(kA, kA, fan) == near(1.0, 1e-9));
}

TEST_CASE("Sets that are empty or hold a zero vector have no association",
          "[metrics][association]") {
  CHECK_FALSE(metrics::associations(RowMatrix(0, 2), kA, kB));
  CHECK_FALSE(metrics::associations(rows({{0, 0}}), kA, kB));
  CHECK_FALSE(metrics::coherence(kA, kB, RowMatrix(0, 2)));
}

TEST_CASE("The effect size over units is WEAT's: 1.664 of the two pairs",
          "[metrics][association]") {
  const std::vector<double> values = {1.0, .2, -1.0, -.2};
  const auto effect = metrics::effect_size(values, {true, true, false, false});
  REQUIRE(effect);
  CHECK(effect->value == near(1.664100589, 1e-9));
  double sum = 0.0;
  for (const double x : effect->influence) sum += x;
  CHECK(sum == near(0.0));
  CHECK_FALSE(metrics::effect_size(values, {true, true, true, true}));
  CHECK_FALSE(metrics::effect_size(std::vector<double>{.1, .1, .1}, {true, false, true}));
}

TEST_CASE("Shuffled groups give twice WEAT's exact one-sided p, within chance",
          "[metrics][association]") {
  const std::vector<double> values = {1.0, .2, -1.0, -.2};
  const std::vector<bool> first = {true, true, false, false};
  // 2 of the 6 ways to choose two of four reach 2.4 in size.
  CHECK(metrics::shuffled_groups_p(values, first, 20000, Rng(3, "shuffles")) ==
        near(1.0 / 3.0, .015));
  CHECK(metrics::shuffled_groups_p(values, first, 99, Rng(3, "shuffles")) ==
        metrics::shuffled_groups_p(values, first, 99, Rng(3, "shuffles")));
  CHECK(metrics::shuffled_groups_p(values, first, 0, Rng(3, "shuffles")) == 1.0);
  const std::vector<double> far = {9, 8, 9, 8, 9, 8, 0, 1, 0, 1, 0, 1};
  std::vector<bool> six(12, false);
  std::fill(six.begin(), six.begin() + 6, true);
  CHECK(metrics::shuffled_groups_p(far, six, 999, Rng(3, "shuffles")) < .01);
}
