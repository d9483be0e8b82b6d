#include "tests/models/training/optimizers/steps.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Plain gradient descent moves by the learning rate times the gradient", "[models][sgd]") {
  CHECK(after_steps("sgd", 0.5F, {one_row({3, -4}), one_row({1, 1})}) == Doubles{-2.0, 1.5});
}
