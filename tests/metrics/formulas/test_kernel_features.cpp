#include "metrics/formulas/kernel_features.hpp"

#include <cmath>

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;
using tests::near;

TEST_CASE("Kernel features of three rows are those computed by hand", "[metrics][leakage][rbf]") {
  FeatureMatrix x(3, 1);
  x << -1, 1, 1;
  FeatureMatrix y(1, 1);
  y << 1;
  const auto mapped = metrics::kernel_features(x, y, 9, Rng(1, "landmarks"));
  REQUIRE(mapped.train.cols() == 4);  // the row itself and all three rows
  // However wide the kernel, every column is one number for -1 and another for 1: standardised they
  // are 2 to 1.
  for (Eigen::Index c = 0; c < 4; ++c) {
    CAPTURE(c);
    CHECK(std::abs(static_cast<double>(mapped.train(0, c))) == near(std::sqrt(2.0), 1e-4));
    CHECK(static_cast<double>(mapped.train(1, c)) ==
          near(-static_cast<double>(mapped.train(0, c)) / 2.0, 1e-4));
    CHECK(mapped.test(0, c) == mapped.train(1, c));
  }
}

TEST_CASE("Landmarks are drawn from the rows, the same for the same stream",
          "[metrics][leakage][rbf]") {
  Rng rng(2, "rows");
  FeatureMatrix x(50, 3);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(rng.normal());
  const auto a = metrics::kernel_features(x, x, 6, Rng(3, "landmarks"));
  const auto b = metrics::kernel_features(x, x, 6, Rng(3, "landmarks"));
  const auto c = metrics::kernel_features(x, x, 6, Rng(4, "landmarks"));
  REQUIRE(a.train.cols() == 9);
  CHECK(a.train == b.train);
  CHECK(a.train == a.test);
  CHECK(a.train != c.train);
  // The nearest row to a landmark is the landmark: each new column has its largest value once.
  for (Eigen::Index k = 3; k < 9; ++k) {
    CAPTURE(k);
    const float top = a.train.col(k).maxCoeff();
    CHECK((a.train.col(k).array() == top).count() == 1);
  }
  const FeatureMatrix still = FeatureMatrix::Zero(4, 2);
  CHECK(metrics::kernel_features(still, still, 2, Rng(1, "landmarks")).train.allFinite());
}
