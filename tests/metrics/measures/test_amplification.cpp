#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("A model that puts one gender on top amplifies, a blind one does not",
          "[metrics][amplification]") {
  const std::map<std::string, std::string> top = {{"attribute", "gender"}, {"top", "100"}};
  const auto biased = society(1.0, 45);
  const auto with = measure("amplification", biased.data, scorer_of(biased.table, "transe-dot"));
  CHECK(with.value("amplification.toward_data_bias", top) > 0.05);
  // job_5 leans to men in the data; the 100 likeliest are nearly all men.
  CHECK(with.value("amplification.data_bias", {{"attribute", "gender"}, {"profession", "job_5"}}) >
        0.0);

  const auto fair = society(0.0, 46);
  const auto without = measure("amplification", fair.data, scorer_of(fair.table, "transe-dot"));
  // Six lists of 100: a standard error of .05 / sqrt(6) each for list and data.
  CHECK(std::abs(without.value("amplification.mean", top)) < 0.08);
  CHECK_FALSE(
      without.fact("amplification.mean", {{"attribute", "gender"}, {"top", "500"}}).defined());
}
