#include "metrics/formulas/logistic.hpp"

#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using tests::near;

TEST_CASE("Logistic regression reaches the optimum known in closed form", "[metrics][leakage]") {
  // No features: the optimum is the class shares.
  const FeatureMatrix train = FeatureMatrix::Zero(4, 1);
  const FeatureMatrix test = FeatureMatrix::Zero(1, 1);
  const std::vector<std::uint32_t> labels = {0, 1, 1, 1};
  metrics::LogisticOptions options;
  options.tolerance = 1e-6;
  const auto p = metrics::logistic_probabilities(train, labels, 2, test, options);
  CHECK(static_cast<double>(p(0, 1)) == near(.75, 1e-4));
  // One binary feature without a penalty: the optimum is the share observed at each of its values.
  FeatureMatrix x(8, 1);
  x << 1, 1, 1, 1, -1, -1, -1, -1;
  const std::vector<std::uint32_t> y = {1, 1, 1, 0, 0, 0, 0, 1};
  options.l2 = 0.0;
  FeatureMatrix at(2, 1);
  at << 1, -1;
  const auto q = metrics::logistic_probabilities(x, y, 2, at, options);
  CHECK(static_cast<double>(q(0, 1)) == near(.75, 1e-4));
  CHECK(static_cast<double>(q(1, 1)) == near(.25, 1e-4));
}

TEST_CASE("A penalty draws the logistic probe to the class shares", "[metrics][leakage]") {
  FeatureMatrix x(4, 1);
  x << 1, 1, -1, -1;
  const std::vector<std::uint32_t> y = {1, 1, 0, 0};
  metrics::LogisticOptions strong;
  strong.l2 = 1e5;
  const auto p = metrics::logistic_probabilities(x, y, 2, x, strong);
  CHECK(static_cast<double>(p(0, 1)) == near(.5, 1e-3));
}
