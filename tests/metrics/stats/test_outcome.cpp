#include "metrics/stats/outcome.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "metrics/stats/t_test.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

namespace {

using Values = std::vector<double>;

}  // namespace

TEST_CASE("Differences that only rounding tells apart have no spread", "[metrics][stats]") {
  // 193 of 262 less 115 of 262, and 230 less 152: 78 persons both times, and yet two doubles.
  const double persons = 262.0;
  const Values a = {193.0 / persons, 230.0 / persons};
  const Values b = {115.0 / persons, 152.0 / persons};
  REQUIRE(a[0] - b[0] != a[1] - b[1]);
  const Values d = differences(a, b);
  CHECK(d[0] == d[1]);
  CHECK(d[0] == a[0] - b[0]);
  CHECK_FALSE(paired_t(d, Alternative::kTwoSided, "seeds").defined());
  // One person more is a difference, and so is what lies far above rounding.
  CHECK(differences(a, Values{115.0 / persons, 151.0 / persons})[1] != d[0]);
  const Values close = differences(Values{1.0, 1.0 + 1e-13}, Values{0.5, 0.5});
  CHECK(close[0] != close[1]);
  const Values broken = differences(Values{1.0, std::nan("")}, Values{0.5, 0.5});
  CHECK(std::isnan(broken[1]));
}

TEST_CASE("What is made of an outcome keeps its reason", "[metrics][stats]") {
  const auto half = [](double x) { return x / 2.0; };
  CHECK(*Outcome<double>(3.0).transform(half) == 1.5);
  CHECK(Outcome<double>(Undefined{"no value"}).transform(half).reason() == "no value");
  CHECK(Outcome<Values>(Values{1, 2}).transform([](const Values& v) { return v.size(); }).value() ==
        2);
}
