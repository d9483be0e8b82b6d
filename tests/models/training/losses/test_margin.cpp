#include <vector>

#include "models/training/loss.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

TEST_CASE("A margin of 3 is kept by energies 1.5 and 5 and missed by half with 4",
          "[models][margin]") {
  const LossEntry& margin = find_loss("margin");
  std::vector<float> g(2);
  const LossSettings settings{.margin = 3.0F};
  const std::vector<float> missed = {-1.5F, -4.0F};
  CHECK(margin.row_loss(settings, missed, 0, g.data()) == 0.5);
  CHECK(g == std::vector<float>{-1.0F, 1.0F});
  const std::vector<float> kept = {-1.5F, -5.0F};
  CHECK(margin.row_loss(settings, kept, 0, g.data()) == 0.0);
  CHECK(g == std::vector<float>{0.0F, 0.0F});
  // The mean over negatives, of which one keeps the margin.
  std::vector<float> g3(3);
  const std::vector<float> both = {-4.0F, -1.5F, -5.0F};
  CHECK(margin.row_loss(settings, both, 1, g3.data()) == 0.25);
  CHECK(g3 == std::vector<float>{0.5F, -0.5F, 0.0F});
}
