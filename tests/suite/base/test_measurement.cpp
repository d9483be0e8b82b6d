#include <limits>

#include "suite/base/error.hpp"
#include "suite/base/measurement.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("A measurement is a finite value or a reason", "[base][measurement]") {
  const auto value =
      Measurement::of(0.5, 10, "score", Direction::kNearer, Interval{0.25, 0.75, 0.95, "normal"});
  CHECK(value.defined());
  CHECK(value.value() == 0.5);
  CHECK(value.maybe_value() == 0.5);
  CHECK(value.n() == 10);
  CHECK(value.unit() == "score");
  CHECK(value.direction() == Direction::kNearer);
  CHECK(value.interval()->high == 0.75);
  CHECK_THROWS_AS(value.reason(), BrokenInvariant);

  const auto none = Measurement::undefined("no persons", 0, "score", Direction::kNearer);
  CHECK_FALSE(none.defined());
  CHECK(none.reason() == "no persons");
  CHECK_FALSE(none.maybe_value());
  CHECK_THROWS_AS(none.value(), BrokenInvariant);
  CHECK_FALSE(value == none);
}

TEST_CASE("No measurement is NaN and none is silent", "[base][measurement]") {
  CHECK_THROWS_AS(Measurement::of(kNaN, 1, "", Direction::kLower), BrokenInvariant);
  CHECK_THROWS_AS(Measurement::of(kInfinity, 1, "", Direction::kLower), BrokenInvariant);
  CHECK_THROWS_AS(Measurement::undefined("", 1, "", Direction::kLower), BrokenInvariant);
  CHECK(Measurement::checked(kNaN, 1, "", Direction::kLower).reason() ==
        "the value is not finite: nan");
  CHECK(Measurement::checked(-kInfinity, 1, "", Direction::kLower).reason() ==
        "the value is not finite: -inf");
  CHECK(Measurement::checked(1.5, 1, "", Direction::kLower).value() == 1.5);
}

TEST_CASE("An interval is finite and in order", "[base][measurement]") {
  const auto with = [](double low, double high) {
    return Measurement::of(0.0, 1, "", Direction::kLower, Interval{low, high, 0.95, ""});
  };
  CHECK_NOTHROW(with(1.0, 1.0));
  CHECK_THROWS_AS(with(1.0, 0.5), BrokenInvariant);
  CHECK_THROWS_AS(with(kNaN, 1.0), BrokenInvariant);
  CHECK_THROWS_AS(with(0.0, kInfinity), BrokenInvariant);
}

TEST_CASE("Directions come back from their words", "[base][measurement]") {
  for (const Direction d :
       {Direction::kHigher, Direction::kLower, Direction::kNearer, Direction::kDescriptive}) {
    CHECK(direction_from_text(to_text(d)) == d);
  }
  CHECK_FALSE(direction_from_text("Higher"));
  CHECK_FALSE(direction_from_text(""));
}
