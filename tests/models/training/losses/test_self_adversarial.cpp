#include <cmath>
#include <vector>

#include "models/training/loss.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

TEST_CASE("Large scores do not overflow the self-adversarial loss", "[models][self-adversarial]") {
  const std::vector<float> s = {500.0F, -500.0F, 499.0F};
  std::vector<float> g(3);
  CHECK(find_loss("self-adversarial")
            .row_loss({.margin = 1.0F, .temperature = 1.0F}, s, 1, g.data()) ==
        Approx(499.0 + 501.0 * 0.731058578630 + 500.0 * 0.268941421370));
  for (const float x : g) CHECK(std::isfinite(x));
}
