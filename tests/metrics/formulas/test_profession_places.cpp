#include "metrics/formulas/profession_places.hpp"

#include "tests/test_support.hpp"

namespace kgaudit::metrics {
namespace {

TEST_CASE("A score's place counts what it beats, ties half, and its rank", "[metrics]") {
  const std::vector<float> others = {1.0F, 2.0F, 2.0F, 5.0F};
  CHECK(score_place(6.0F, others).beaten == 1.0);
  CHECK(score_place(6.0F, others).rank == 1.0);
  CHECK(score_place(0.0F, others).beaten == 0.0);
  CHECK(score_place(0.0F, others).rank == 5.0);
  CHECK(score_place(2.0F, others).beaten == 0.5);  // one below, two alike
  CHECK(score_place(2.0F, others).rank == 3.0);    // behind 5, ahead of 1, alike with two
}

TEST_CASE("A column's gap is the mean of the group less that of the others", "[metrics]") {
  ProfessionPlaces::Matrix values(3, 2);
  values << 1.0F, 0.0F, 0.5F, 0.0F, 0.0F, 1.0F;
  const Eigen::VectorXd gaps = column_gaps(values, {true, true, false});
  CHECK(gaps[0] == 0.75);
  CHECK(gaps[1] == -1.0);
}

}  // namespace
}  // namespace kgaudit::metrics
