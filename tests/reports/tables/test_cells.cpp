#include <array>
#include <cmath>

#include "reports/tables/cells.hpp"
#include "suite/base/error.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("A seed without a value is left out of the mean and named", "[reports][cells]") {
  RunRecord record = example_record();
  for (MeasurementLine& line : record.measurements) {
    if (line.metric == "link_prediction.mrr" && line.system == "basic" && line.seed == 2) {
      line.measurement = Measurement::undefined("no test triples", 0, "", Direction::kHigher);
    }
  }
  const Cell cell = cell_of(FactIndex(record), {"basic", ""}, kFilteredMrr);
  REQUIRE(std::holds_alternative<NumberCell>(cell));
  CHECK(std::get<NumberCell>(cell).summary == Summary{0.68, std::nullopt, 1});
  CHECK(std::get<NumberCell>(cell).note == "undefined for 1 of 2 seeds: no test triples");
}

TEST_CASE("The most general fact that fits is shown", "[reports][cells]") {
  RunRecord record = example_record();
  record.measurements.insert(
      record.measurements.begin(),
      fact("basic", 1, "score_gap.micro", {{"attribute", "gender"}, {"value", "male"}}, 99.0));
  const Cell cell = cell_of(FactIndex(record), {"basic", ""}, kGapMicro, "gender");
  CHECK(std::get<NumberCell>(cell).summary.centre == 3.0);
}

TEST_CASE("An interval over seeds is Student's t, of medians the extremes",
          "[reports][cells][spread]") {
  // Hand: mean 0.69, sd 0.02/sqrt(2), t(1) = 12.7062: half width 0.127062.
  const Interval mean = seed_interval(std::array{0.68, 0.70}, Centre::kMean);
  CHECK(mean.low == Approx(0.69 - 0.127062047).epsilon(1e-8));
  CHECK(mean.high == Approx(0.69 + 0.127062047).epsilon(1e-8));
  CHECK(mean.level == 0.95);
  // Six values with mean 0, sd sqrt(1.2): t(5) = 2.570582.
  const Interval six = seed_interval(std::array{-1.0, 1.0, -1.0, 1.0, -1.0, 1.0}, Centre::kMean);
  CHECK(six.high == Approx(2.570581836 * std::sqrt(1.2 / 6.0)).epsilon(1e-9));
  const Interval median = seed_interval(std::array{3.0, 1.0, 2.0}, Centre::kMedian);
  CHECK(median.low == 1.0);
  CHECK(median.high == 3.0);
  CHECK(median.level == 0.75);
  CHECK_THROWS_AS(seed_interval(std::array{1.0}, Centre::kMean), BrokenInvariant);
}

TEST_CASE("The interval over seeds holds for many seeds", "[reports][cells][spread]") {
  // Half width * sqrt(n) / sd is the quantile; tables give 2.0395 for 31 and 2.0003 for 60.
  for (const auto& [n, quantile] : {std::pair{32U, 2.039513446}, std::pair{61U, 2.000297822}}) {
    std::vector<double> values(n, 1.0);
    values.front() = 2.0;
    const Interval interval = seed_interval(values, Centre::kMean);
    const double sd = *summarise(values).sd;
    CHECK((interval.high - interval.low) / 2.0 * std::sqrt(static_cast<double>(n)) / sd ==
          Approx(quantile).epsilon(1e-9));
  }
}

TEST_CASE("A single seed shows the interval of its fact, scaled as the value",
          "[reports][cells][spread]") {
  MeasurementLine line = fact("basic", 1, "memory.peak", {}, 4096.0);
  line.measurement = Measurement::of(4096.0, 9, "bytes", Direction::kLower,
                                     Interval{2048.0, 8192.0, 0.95, "made up"});
  const MeasurementLine* lines[] = {&line};
  const Cell cell = cell_from(lines, {Centre::kMedian, 1.0 / 1024.0, Spread::kInterval});
  const auto& number = std::get<NumberCell>(cell);
  CHECK(number.summary.centre == 4.0);
  CHECK(number.interval->low == 2.0);
  CHECK(number.interval->high == 8.0);
  CHECK(number.n == 9);
}

TEST_CASE("The caption of a record without a fact says so", "[reports][cells]") {
  RunRecord record;
  record.run = example_record().run;
  CHECK_THAT(caption_of(record), Catch::StartsWith("planted-people; 0 seeds"));
}
