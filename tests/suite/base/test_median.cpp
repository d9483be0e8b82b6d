#include <limits>

#include "suite/base/median.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

TEST_CASE("A median is the middle value or the midpoint of the two middle ones", "[base][median]") {
  CHECK(median(std::vector{3.0}) == 3.0);
  CHECK(median(std::vector{5.0, 1.0, 3.0}) == 3.0);
  CHECK(median(std::vector{4.0, 1.0, 2.0, 8.0}) == 3.0);
  CHECK(median_of_sorted(std::vector{1.0, 2.0, 2.0, 7.0}) == 2.0);
}

TEST_CASE("A median of huge values does not overflow", "[base][median]") {
  constexpr double kLargest = std::numeric_limits<double>::max();
  CHECK(median(std::vector{kLargest, kLargest}) == kLargest);
}

TEST_CASE("A median of no values is our mistake", "[base][median]") {
  CHECK_THROWS_AS(median(std::vector<double>{}), BrokenInvariant);
}
