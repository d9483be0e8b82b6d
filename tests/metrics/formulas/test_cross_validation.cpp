#include "metrics/formulas/cross_validation.hpp"

#include <array>
#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("Folds hold every class in proportion and every person once", "[metrics][leakage]") {
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 103; ++i) labels.push_back(i % 10 == 0 ? 1 : 0);
  const auto folds = metrics::stratified_folds(labels, 2, 5, Rng(1, "folds"));
  std::array<std::array<int, 2>, 5> count{};
  for (std::size_t i = 0; i < labels.size(); ++i) ++count[folds[i]][labels[i]];
  for (const auto& fold : count) {
    CHECK(fold[0] + fold[1] >= 20);
    CHECK(fold[1] >= 2);
    CHECK(fold[1] <= 3);
  }
}
