#include "metrics/formulas/logistic.hpp"

#include <vector>

#include "suite/base/rng.hpp"
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

TEST_CASE("Rows of ones give the same probabilities as the matrix they stand for",
          "[metrics][leakage]") {
  Rng rng(8, "sparse");
  FeatureMatrix dense = FeatureMatrix::Zero(60, 7);
  metrics::SparseRows sparse;
  sparse.columns = 7;
  std::vector<std::uint32_t> labels;
  for (Eigen::Index i = 0; i < dense.rows(); ++i) {
    std::vector<std::uint32_t> ones;
    for (std::uint32_t c = 0; c < 7; ++c) {
      if (rng.below(3) != 0) continue;
      ones.push_back(c);
      dense(i, static_cast<Eigen::Index>(c)) = 1.0F;
    }
    sparse.push_back(ones);
    labels.push_back((dense(i, 2) > 0 && rng.below(4) != 0) ? 1 : rng.below(3));
  }
  metrics::LogisticOptions options;
  options.l2 = 1.0;
  options.tolerance = 1e-5;
  const auto a = metrics::logistic_probabilities(dense, labels, 3, dense, options);
  const auto b = metrics::logistic_probabilities(sparse, labels, 3, sparse, options);
  CHECK(static_cast<double>((a - b).cwiseAbs().maxCoeff()) < 1e-3);
}
