#include <algorithm>
#include <array>
#include <cmath>

#include "reports/tables/comparison_table.hpp"
#include "reports/tables/fact_index.hpp"
#include "suite/base/error.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("the comparison is made from records alone", "[reports][comparison]") {
  CHECK(
      render_terminal(comparison_table(example_record()), {0, false}) ==
      "Quality, cost and bias of each system\n"
      "\n"
      "                   ranking         time           score gap ΔS →0       leakage, linear ↓\n"
      "system                  MRR ↑      s/epoch ↓        gender    religion             gender\n"
      "majority guess              –              –             –           –      0.750 ± 0.000\n"
      "basic           0.690 ± 0.014  2.000 ± 1.414   3.00 ± 0.71  undef. [1]      0.990 ± 0.000\n"
      "kl+attr         0.660 ± 0.000  2.000 ± 0.000  -0.25 ± 0.71  undef. [1]      0.750 ± 0.000\n"
      "\n"
      "planted-people; 2 seeds (1, 2), mean ± sd, times median ± sd; epochs 3; dimension 8; on "
      "Test CPU, processors 2.\n"
      "[1] no value has 10 persons or more\n"
      "n a seed (ranking: predictions; time: epochs; score gap: stated values; leakage: persons): "
      "MRR, s/epoch, score gap ΔS gender, leakage, linear gender 100.\n");
}

TEST_CASE("the order of a record's lines does not change the numbers", "[reports][comparison]") {
  RunRecord shuffled = example_record();
  const Table before = comparison_table(shuffled);
  // Seeds swapped; the order of systems and attributes is that of first appearance.
  std::stable_sort(shuffled.measurements.begin(), shuffled.measurements.end(),
                   [](const auto& a, const auto& b) { return a.seed > b.seed; });
  CHECK(render_csv(comparison_table(shuffled)) == render_csv(before));
}

TEST_CASE("a seed without a value is left out of the mean and named", "[reports][comparison]") {
  RunRecord record = example_record();
  for (MeasurementLine& line : record.measurements) {
    if (line.metric == "link_prediction.mrr" && line.system == "basic" && line.seed == 2) {
      line.measurement = Measurement::undefined("no test triples", 0, "", Direction::kHigher);
    }
  }
  const Cell cell = cell_of(record, {"basic", ""}, "link_prediction.mrr", {});
  REQUIRE(std::holds_alternative<NumberCell>(cell));
  CHECK(std::get<NumberCell>(cell).summary == Summary{0.68, std::nullopt, 1});
  CHECK(std::get<NumberCell>(cell).note == "undefined for 1 of 2 seeds: no test triples");
}

TEST_CASE("the most general fact that fits is shown", "[reports][comparison]") {
  RunRecord record = example_record();
  record.measurements.insert(
      record.measurements.begin(),
      fact("basic", 1, "score_gap.micro", {{"attribute", "gender"}, {"value", "male"}}, 99.0));
  const Cell cell = cell_of(record, {"basic", ""}, "score_gap.micro", {{"attribute", "gender"}});
  CHECK(std::get<NumberCell>(cell).summary.centre == 3.0);
}

TEST_CASE("views of one system are rows that share its training", "[reports][comparison]") {
  RunRecord record;
  record.run = example_record().run;
  record.measurements = {
      fact("bose", 1, "time.seconds_per_epoch", {}, 5.0, Direction::kLower),
      fact("bose", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0, Direction::kNearer),
      fact("basic", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0, Direction::kNearer),
      fact("bose", 1, "score_gap.micro", {{"attribute", "gender"}}, 2.0, Direction::kNearer),
  };
  record.measurements[1].view = "s";
  record.measurements[3].view = "a";
  CHECK(system_views(record) ==
        std::vector<SystemView>{{"bose", "s"}, {"bose", "a"}, {"basic", ""}});
  CHECK(name_of(record, {"bose", "a"}) == "bose [a]");
  CHECK(render_csv(comparison_table(record)) ==
        "system,time.seconds_per_epoch,time.seconds_per_epoch_sd,time.seconds_per_epoch_seeds,"
        "time.seconds_per_epoch_undefined,time.seconds_per_epoch_n,score_gap.micro.gender,"
        "score_gap.micro.gender_sd,score_gap.micro.gender_seeds,score_gap.micro.gender_undefined,"
        "score_gap.micro.gender_n\r\n"
        "bose [s],5,,1,,100,1,,1,,100\r\n"
        "bose [a],5,,1,,100,2,,1,,100\r\n"
        "basic,,,,,,1,,1,,100\r\n");
}

TEST_CASE("professions stand in two lists with labels and counts", "[reports][comparison]") {
  const RunRecord record = example_record();
  const FactIndex facts(record);
  const Table table = profession_table(record, facts, {"basic", ""}, "gender", 2);
  CHECK(render_terminal(table, {0, false}) ==
        "Professions by gender bias, basic\n"
        "\n"
        "              female-leaning                          male-leaning\n"
        "#  profession        B  n female  n male  profession       B  n female  n male\n"
        "1  nurse       -0.5000        12       7  smith       0.2500        12       7\n"
        "2  poet         0.0000        12       7  poet        0.0000        12       7\n"
        "\n"
        "B > 0 leans to male.\n");
  CHECK(profession_table(record, facts, {"kl+attr", ""}, "gender").rows.empty());
}

TEST_CASE("an attribute's facts stand side by side", "[reports][comparison]") {
  const RunRecord record = example_record();
  const Table table = attribute_table(record, FactIndex(record), "gender");
  CHECK(render_terminal(table, {0, false}) ==
        "Attribute gender\n"
        "\n"
        "measure                              unit     n          basic         kl+attr\n"
        "score_gap.micro →0                   score  100  3.000 ± 0.707  -0.250 ± 0.707\n"
        "leakage.accuracy (probe linear) ↓           100  0.990 ± 0.000   0.750 ± 0.000\n"
        "leakage.accuracy (probe majority) ↓         100  0.750 ± 0.000   0.750 ± 0.000\n");
}

TEST_CASE("an attribute's facts show the interval of a single seed", "[reports][comparison]") {
  RunRecord record;
  record.run = example_record().run;
  record.measurements = {fact("basic", 1, "m", {{"attribute", "gender"}}, 0.5)};
  record.measurements[0].measurement =
      Measurement::of(0.5, 9, "", Direction::kDescriptive, Interval{0.25, 0.75, 0.95, "normal"});
  CHECK_THAT(render_csv(attribute_table(record, FactIndex(record), "gender")),
             Catch::Contains(",0.5,,1,"));
  CHECK_THAT(render_terminal(attribute_table(record, FactIndex(record), "gender")),
             Catch::Contains("0.500 [0.250, 0.750]"));
}

TEST_CASE("time is told from the epochs on record", "[reports][comparison]") {
  CHECK(
      render_csv(time_table(example_record())).find("basic,4,2.5,,1,,1,,1,,6,,1,,12,,1,,1,0,2,") !=
      std::string::npos);
}

TEST_CASE("a record without a fact gives tables without rows", "[reports][comparison]") {
  RunRecord record;
  record.run = example_record().run;
  CHECK(comparison_table(record).rows.empty());
  CHECK(time_table(record).rows.empty());
  CHECK(attribute_table(record, FactIndex(record), "gender").rows.empty());
  CHECK_THAT(caption_of(record), Catch::StartsWith("planted-people; 0 seeds"));
}

TEST_CASE("an interval over seeds is Student's t, of medians the extremes",
          "[reports][comparison][spread]") {
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

TEST_CASE("the quantiles of Student's t go on where the table ends",
          "[reports][comparison][spread]") {
  // Half width * sqrt(n) / sd is the quantile; tables give 2.0395 for 31 and 2.0003 for 60.
  for (const auto& [n, quantile] : {std::pair{32U, 2.039513446}, std::pair{61U, 2.000297822}}) {
    std::vector<double> values(n, 1.0);
    values.front() = 2.0;
    const Interval interval = seed_interval(values, Centre::kMean);
    const double sd = *summarise(values).sd;
    CHECK((interval.high - interval.low) / 2.0 * std::sqrt(static_cast<double>(n)) / sd ==
          Approx(quantile).epsilon(2e-6));
  }
}

TEST_CASE("with intervals asked for, they stand in place of the deviation",
          "[reports][comparison][spread]") {
  const std::string text =
      render_terminal(comparison_table(example_record(), Spread::kInterval), {0, false});
  CHECK_THAT(text, Catch::Contains("0.690 [0.563, 0.817]"));
  CHECK_THAT(text, Catch::Contains("mean [95 % t interval over seeds]"));
  CHECK(text.find("±") == std::string::npos);
}

TEST_CASE("a single seed shows the interval of its fact, scaled as the value",
          "[reports][comparison][spread]") {
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
