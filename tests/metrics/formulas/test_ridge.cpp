#include "metrics/formulas/ridge.hpp"

#include <vector>

#include "metrics/formulas/probe_quality.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using tests::near;

namespace {

struct CornerSample {
  FeatureMatrix x;
  std::vector<std::uint32_t> y;
};

/// Three classes, each at its own corner of two features; eight more are noise.
CornerSample corners(std::uint64_t seed, double distance) {
  Rng rng(seed, "corners");
  CornerSample s;
  s.x.resize(900, 10);
  for (Eigen::Index i = 0; i < s.x.rows(); ++i) {
    s.y.push_back(rng.below(3));
    for (Eigen::Index k = 0; k < s.x.cols(); ++k) s.x(i, k) = static_cast<float>(rng.normal());
    if (s.y.back() > 0)
      s.x(i, static_cast<Eigen::Index>(s.y.back()) - 1) += static_cast<float>(distance);
  }
  return s;
}

}  // namespace

TEST_CASE("Least squares reads classes that planes separate, with sensible probabilities",
          "[metrics][leakage]") {
  const CornerSample train = corners(1, 4.0);
  const CornerSample test = corners(2, 4.0);
  const auto p = metrics::ridge_probabilities(train.x, train.y, 3, test.x, Rng(1, "ridge"));
  const auto q = metrics::probe_quality(p, test.y, 3);
  CHECK(q.accuracy > 0.92);
  CHECK(*q.auc > 0.98);
  CHECK(static_cast<double>(p.row(0).sum()) == near(1.0, 1e-5));
  CHECK(p == metrics::ridge_probabilities(train.x, train.y, 3, test.x, Rng(1, "ridge")));
}

TEST_CASE("Where there is nothing to read, least squares stays near the class shares",
          "[metrics][leakage]") {
  const CornerSample train = corners(3, 0.0);
  const CornerSample test = corners(4, 0.0);
  const auto p = metrics::ridge_probabilities(train.x, train.y, 3, test.x, Rng(1, "ridge"));
  const auto q = metrics::probe_quality(p, test.y, 3);
  CHECK(std::abs(*q.auc - 0.5) < 0.06);
  CHECK(p.maxCoeff() < 0.7F);
}

TEST_CASE("Least squares survives constant and repeated features", "[metrics][leakage]") {
  CornerSample train = corners(5, 4.0);
  train.x.col(4).setZero();
  train.x.col(5) = train.x.col(0);
  const auto p = metrics::ridge_probabilities(train.x, train.y, 3, train.x, Rng(1, "ridge"));
  CHECK(p.allFinite());
  CHECK(metrics::probe_quality(p, train.y, 3).accuracy > 0.92);
  const FeatureMatrix nothing = FeatureMatrix::Zero(900, 2);
  const auto shares = metrics::ridge_probabilities(nothing, train.y, 3, nothing, Rng(1, "ridge"));
  CHECK(shares.allFinite());
}
