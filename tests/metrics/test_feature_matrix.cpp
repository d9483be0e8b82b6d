#include "metrics/feature_matrix.hpp"

#include "tests/test_support.hpp"

using namespace kgaudit;
using metrics::FeatureMatrix;

TEST_CASE("Features are standardised by the train rows alone", "[metrics][leakage]") {
  FeatureMatrix train(2, 2);
  train << 1, 5, 3, 5;
  FeatureMatrix test(1, 2);
  test << 4, 9;
  metrics::standardise(train, test);
  CHECK(train(0, 0) == -1.0F);
  CHECK(train(1, 0) == 1.0F);
  CHECK(test(0, 0) == 2.0F);
  CHECK(train(0, 1) == 0.0F);
  CHECK(test(0, 1) == 0.0F);
}
