#include "metrics/stats/estimates.hpp"

#include <cmath>
#include <limits>

#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using tests::near;

TEST_CASE("The normal interval is mean +- 1.96 standard errors", "[metrics][estimates]") {
  const std::vector<double> x = {1, 2, 3, 4};
  const auto interval = metrics::normal_interval(x, "things");
  REQUIRE(interval);
  const double half = 1.959963984540054 * std::sqrt(5.0 / 3.0) / 2.0;
  CHECK(interval->low == near(2.5 - half));
  CHECK(interval->high == near(2.5 + half));
  CHECK(interval->method == "normal, things");
  CHECK_FALSE(metrics::normal_interval(std::vector<double>{1.0}, "things"));
}

TEST_CASE("With one value a cluster the clustered interval is the normal one",
          "[metrics][estimates]") {
  const std::vector<double> x = {1, 2, 3, 7};
  const auto plain = metrics::normal_interval(x, "things");
  const auto clustered =
      metrics::clustered_interval(x, std::vector<std::uint32_t>{4, 3, 2, 1}, "things");
  CHECK(clustered->low == near(plain->low));
  CHECK(clustered->high == near(plain->high));
}

TEST_CASE("Values doubled within their clusters widen nothing and narrow nothing",
          "[metrics][estimates]") {
  const std::vector<double> once = {1, 2, 3, 7};
  const std::vector<double> twice = {1, 1, 2, 2, 3, 3, 7, 7};
  const auto plain = metrics::normal_interval(once, "things");
  const auto clustered = metrics::clustered_interval(
      twice, std::vector<std::uint32_t>{0, 0, 1, 1, 2, 2, 3, 3}, "things");
  CHECK(clustered->low == near(plain->low));
  CHECK(clustered->high == near(plain->high));
}

TEST_CASE("Wilson's interval is the textbook one and stays inside [0, 1]", "[metrics][estimates]") {
  const auto half = metrics::wilson_interval(50, 100, "things");
  CHECK(half.low == near(.403831, 1e-6));
  CHECK(half.high == near(.596169, 1e-6));
  const auto all = metrics::wilson_interval(10, 10, "things");
  CHECK(all.high == near(1.0));
  CHECK(all.high <= 1.0);
  CHECK(all.low == near(.722467, 1e-6));
}

TEST_CASE("Equal values share their places, and NaN stands below all numbers",
          "[metrics][estimates]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(metrics::average_ranks(std::vector<double>{3, 1, 3, nan}) ==
        std::vector<double>{3.5, 2, 3.5, 1});
}

TEST_CASE("Spearman sees order alone and has no value for a constant side",
          "[metrics][estimates]") {
  const std::vector<double> x = {1, 2, 3, 4};
  CHECK(*metrics::spearman(x, std::vector<double>{1, 10, 100, 1000}) == near(1.0));
  CHECK(*metrics::spearman(x, std::vector<double>{4, 3, 2, 1}) == near(-1.0));
  CHECK(*metrics::spearman(x, std::vector<double>{1, 3, 2, 4}) == near(.8));
  CHECK_FALSE(metrics::spearman(x, std::vector<double>{1, 1, 1, 1}));
}

TEST_CASE("The area under the curve counts ties half", "[metrics][estimates]") {
  const std::vector<double> scores = {.1, .4, .4, .8};
  CHECK(*metrics::area_under_curve(scores, std::vector<std::uint32_t>{0, 0, 1, 1}) == near(.875));
  CHECK_FALSE(metrics::area_under_curve(scores, std::vector<std::uint32_t>{1, 1, 1, 1}));
}

TEST_CASE("A figure that is not finite becomes a reason, never a number", "[metrics][estimates]") {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto m = metrics::mean_measurement(std::vector<double>{1.0, infinity}, "things", "",
                                           Direction::kHigher);
  CHECK_FALSE(m.defined());
  CHECK_FALSE(metrics::mean_measurement({}, "things", "", Direction::kHigher).defined());
  CHECK_THROWS_AS(metrics::mean({}), BrokenInvariant);
}
