#include "metrics/stats/resampled_sums.hpp"

#include <vector>

#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics::stats;

TEST_CASE("The resampling kernel gives the sums of a slow, obvious one", "[metrics][stats]") {
  constexpr std::size_t kRows = 1501;  // more than one batch of places, and not whole fours
  constexpr std::size_t kWidth = 11;   // more than one line
  DrawTable table(kRows, kWidth);
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t c = 0; c < kWidth; ++c) {
      table.at(i, c) = static_cast<double>(i * i + 7 * c * i % 13);  // whole: sums are exact
    }
  }
  const std::vector<std::size_t> strata = {0, 400, kRows};
  ThreadPool pool(2);
  const auto fast = resampled_sums(table, strata, {4, 100}, "test", pool);
  for (std::size_t b = 0; b < 100; b += 33) {
    Rng rng(4, "test", b);
    std::vector<double> slow(kWidth, 0.0);
    for (std::size_t s = 0; s < 2; ++s) {
      const std::size_t n = strata[s + 1] - strata[s];
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = strata[s] + rng.below(static_cast<std::uint32_t>(n));
        for (std::size_t c = 0; c < kWidth; ++c) slow[c] += table.at(row, c);
      }
    }
    for (std::size_t c = 0; c < kWidth; ++c) CHECK(fast[c][b] == slow[c]);
  }
}
