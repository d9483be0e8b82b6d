#include <cmath>

#include "tests/models/training/optimizers/steps.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Row-AdaGrad divides by the root of the row's mean square", "[models][row-adagrad]") {
  const Doubles first = after_steps("row-adagrad", 0.1F, {one_row({3, 4})});
  CHECK(first[0] == Approx(-0.0848528137).epsilon(1e-6));
  CHECK(first[1] == Approx(-0.1131370850).epsilon(1e-6));
  const Doubles second = after_steps("row-adagrad", 0.1F, {one_row({3, 4}), one_row({1, 0})});
  CHECK(second[0] - first[0] == Approx(-0.0277350098).epsilon(1e-5));
  CHECK(second[1] == first[1]);
}

TEST_CASE("Row-AdaGrad's mean counts the width and not the padded row", "[models][row-adagrad]") {
  const Doubles x = after_steps("row-adagrad", 1.0F, {one_row({2, 0, 0, 0, 0})});
  CHECK(x[0] == Approx(-2.0 / std::sqrt(4.0 / 5.0)).epsilon(1e-6));
}
