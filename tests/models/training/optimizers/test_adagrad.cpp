#include "tests/models/training/optimizers/steps.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Element-wise AdaGrad's first step is the learning rate in every coordinate",
          "[models][adagrad]") {
  const Doubles first = after_steps("adagrad", 0.1F, {one_row({3, 4})});
  CHECK(first[0] == Approx(-0.1).epsilon(1e-6));
  CHECK(first[1] == Approx(-0.1).epsilon(1e-6));
  const Doubles second = after_steps("adagrad", 0.1F, {one_row({3, 4}), one_row({4, 0})});
  CHECK(second[0] == Approx(-0.1 - 0.1 * 4.0 / 5.0).epsilon(1e-6));
  CHECK(second[1] == Approx(-0.1).epsilon(1e-6));
}
