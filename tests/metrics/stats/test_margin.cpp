#include "metrics/stats/margin.hpp"

#include <vector>

#include "metrics/stats/t_test.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;
using tests::near;

namespace {

using Values = std::vector<double>;

}  // namespace

TEST_CASE("Non-inferiority passes at a margin of .02 and fails at .01", "[metrics][stats]") {
  const Values d = {-.010, -.004, -.012, -.006, -.008};
  const auto wide = non_inferiority(d, .02);
  CHECK(wide->passed);
  CHECK(wide->test.statistic == near(8.485281374, 1e-9));
  CHECK(wide->test.p == near(.000528782, 1e-9));
  CHECK(wide->lower_bound == near(-.011014887, 1e-9));
  const auto narrow = non_inferiority(d, .01);
  CHECK_FALSE(narrow->passed);
  CHECK(narrow->test.p > .05);
  CHECK_FALSE(non_inferiority(Values{.1, .1}, .01).defined());
}

TEST_CASE("Equivalence needs the 90 % interval inside both margins", "[metrics][stats]") {
  const Values d = {-.010, -.004, -.012, -.006, -.008};  // mean -.008, se .0014142
  const auto inside = equivalence(d, -.02, .02, "seeds");
  CHECK(inside->passed);
  CHECK(inside->interval.low == near(-.011014887, 1e-9));
  CHECK(inside->interval.high == near(-.004985113, 1e-9));
  CHECK(inside->interval.level == near(.9));
  CHECK(inside->test.p == near(.000528782, 1e-9));  // of the margin that is nearer
  CHECK_FALSE(equivalence(d, -.01, .01, "seeds")->passed);
  CHECK_FALSE(equivalence(d, -.02, -.006, "seeds")->passed);
  // Not significantly different, and yet not shown to be equal.
  const Values vague = {-.1, .1, -.05, .06};
  CHECK(paired_t(vague, Alternative::kTwoSided, "seeds")->test.p > .05);
  CHECK_FALSE(equivalence(vague, -.02, .02, "seeds")->passed);
}
