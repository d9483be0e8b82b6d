#include "metrics/formulas/matched_gap.hpp"

#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("Matching by degree removes a difference that degree alone explains",
          "[metrics][group_gap]") {
  // Value = 1 for well-connected persons, 0 for others; group 0 has three of four of the former.
  std::vector<metrics::GroupedValue> values;
  for (int i = 0; i < 40; ++i) {
    const bool first = i < 20;
    const bool rich = first ? i % 4 != 0 : i % 4 == 0;
    values.push_back({rich ? 1.0 : 0.0, first ? 0U : 1U, rich ? 100.0 : 2.0});
  }
  const auto matched = metrics::degree_matched_gap(values);
  REQUIRE(matched);
  CHECK(matched->gap == 0.0);
  CHECK(matched->matched == 10);
  for (auto& v : values) v.group = 1 - v.group;
  values[0].value = 1.0;
  const auto other = metrics::degree_matched_gap(values);
  CHECK(other->gap == Approx(-0.1));
  CHECK_FALSE(metrics::degree_matched_gap(std::vector<metrics::GroupedValue>{{1.0, 0, 3.0}}));
}
