#include <cmath>
#include <vector>

#include "tests/models/training/optimizers/steps.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Adam follows the textbook for three steps", "[models][adam]") {
  const Doubles gradients = {3.0, -1.0, 0.5};
  double x = 0.0, m = 0.0, v = 0.0;
  std::vector<FloatTable> rows;
  for (std::size_t t = 1; t <= gradients.size(); ++t) {
    const double g = gradients[t - 1];
    rows.push_back(one_row({static_cast<float>(g)}));
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double time = static_cast<double>(t);
    x -= 0.01 * (m / (1.0 - std::pow(0.9, time))) /
         (std::sqrt(v / (1.0 - std::pow(0.999, time))) + 1e-8);
    CHECK(after_steps("adam", 0.01F, rows)[0] == Approx(x).epsilon(1e-5));
  }
  CHECK(after_steps("adam", 0.01F, {one_row({3, -4})})[1] == Approx(0.01).epsilon(1e-5));
}
