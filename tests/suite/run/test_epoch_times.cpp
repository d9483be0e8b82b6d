#include "suite/run/epoch_times.hpp"

#include <utility>
#include <vector>

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

Measurement median(std::vector<double> values) {
  return median_measurement(std::move(values), "s", Direction::kLower, "epochs");
}

TEST_CASE("The median of few epochs has their whole range as interval, at its true level",
          "[run][times]") {
  const Measurement m = median({3, 1, 2});
  CHECK(m.value() == 2.0);
  CHECK(m.n() == 3);
  REQUIRE(m.interval());
  CHECK(m.interval()->low == 1.0);
  CHECK(m.interval()->high == 3.0);
  CHECK(m.interval()->level == Approx(0.75));  // 1 - 2 * (1/2)^3
}

TEST_CASE("The median of ten epochs lies between the second and the ninth at 97.9 %",
          "[run][times]") {
  const Measurement m = median({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(m.value() == 5.5);
  CHECK(m.interval()->low == 2.0);
  CHECK(m.interval()->high == 9.0);
  CHECK(m.interval()->level == Approx(1.0 - 2.0 * 11.0 / 1024.0));
}

TEST_CASE("No epoch after the warm-up means no time, and one means no interval", "[run][times]") {
  CHECK_FALSE(median({}).defined());
  CHECK_THAT(median({}).reason(), Contains("no epochs after the warm-up"));
  CHECK_FALSE(median({1}).interval());
}

TEST_CASE("Ratios are taken round by round", "[run][times]") {
  CHECK(paired_ratios(std::vector<double>{2, 9, 5}, std::vector<double>{1, 3}) ==
        std::vector<double>{2, 3});
  CHECK(paired_ratios(std::vector<double>{2, 9}, std::vector<double>{0, 3}) ==
        std::vector<double>{3});
}

TEST_CASE("Epochs of the warm-up are timed apart, and not at all where there is none",
          "[run][times]") {
  const std::vector<double> seconds = {9, 2, 4};
  const auto facts = epoch_time_facts(seconds, 1);
  REQUIRE(facts.size() == 2);
  CHECK(facts[0].measurement.value() == 3.0);
  CHECK(facts[0].facets.empty());
  CHECK(facts[1].measurement.value() == 9.0);
  CHECK(facts[1].facets.at("phase") == "warm_up");
  CHECK(epoch_time_facts(seconds, 0).size() == 1);
  CHECK_FALSE(epoch_time_facts(seconds, 5)[0].measurement.defined());
  CHECK(epoch_time_ratio(seconds, std::vector<double>{1, 1, 1, 1}, 1).value() == 3.0);
}

}  // namespace
}  // namespace kgaudit::run
