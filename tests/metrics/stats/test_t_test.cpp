#include "metrics/stats/t_test.hpp"

#include <vector>

#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Values = std::vector<double>;

}  // namespace

TEST_CASE("The paired t test gives the hand case", "[metrics][stats]") {
  const Values d = {.02, .01, .03, .015, .025};
  const auto t = paired_t(d, Alternative::kTwoSided, "seeds");
  CHECK(t->test.statistic == near(5.656854249, 1e-9));
  CHECK(t->test.p == near(.004812678, 1e-9));
  CHECK(t->degrees == 4);
  CHECK(paired_t(d, Alternative::kGreater, "seeds")->test.p == near(.004812678 / 2, 1e-9));
  CHECK(paired_t(d, Alternative::kLess, "seeds")->test.p == near(1 - .004812678 / 2, 1e-9));
  // t interval: .02 +- 2.776445 * .0035355339
  CHECK(t->difference.interval.low == near(.02 - 2.7764451052 * .00353553390593, 1e-11));
  CHECK(t->difference.interval.method == "t, seeds");
  CHECK(paired_t(Values{.1, .1, .1}, Alternative::kTwoSided, "seeds").reason() ==
        "all 3 differences are 0.1: no spread");
  // What rounding leaves of equal differences is no spread either.
  CHECK_FALSE(
      paired_t(Values{.35 - .33, .22 - .2, .57 - .55}, Alternative::kTwoSided, "seeds").defined());
}
