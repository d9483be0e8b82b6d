#include <cmath>
#include <vector>

#include "models/training/loss.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

TEST_CASE("Cross-entropy of a positive at 2 against 1 and 0 is the known value",
          "[models][softmax]") {
  const std::vector<float> s = {1.0F, 2.0F, 0.0F};
  std::vector<float> g(3);
  CHECK(find_loss("softmax").row_loss({}, s, 1, g.data()) == Approx(0.407605964444).epsilon(1e-6));
  CHECK(static_cast<double>(g[0]) == Approx(0.244728471055).epsilon(1e-6));
  CHECK(static_cast<double>(g[1]) == Approx(0.665240955775 - 1.0).epsilon(1e-6));
  CHECK(static_cast<double>(g[2]) == Approx(0.090030573170).epsilon(1e-6));
}

TEST_CASE("Large scores do not overflow the cross-entropy", "[models][softmax]") {
  const std::vector<float> s = {500.0F, -500.0F, 499.0F};
  std::vector<float> g(3);
  CHECK(find_loss("softmax").row_loss({}, s, 1, g.data()) ==
        Approx(1000.0 + std::log1p(std::exp(-1.0))));
  CHECK(g[1] == -1.0F);
  for (const float x : g) CHECK(std::isfinite(x));
}
