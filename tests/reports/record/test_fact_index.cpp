#include "reports/record/fact_index.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::fact;

namespace {

std::vector<double> values(const std::vector<const MeasurementLine*>& facts) {
  std::vector<double> all;
  for (const MeasurementLine* line : facts) all.push_back(line->measurement.value());
  return all;
}

MeasurementLine accuracy(std::uint64_t seed, const char* persons, double value) {
  return fact("kl", seed, "leakage.accuracy",
              {{"attribute", "gender"}, {"persons", persons}, {"probe", "linear"}}, value);
}

}  // namespace

TEST_CASE("A named fact is told from its neighbours by all its facets", "[reports][facts]") {
  RunRecord record;
  record.measurements = {accuracy(1, "held_out", 0.25), accuracy(1, "stated", 0.75)};
  CHECK(values(FactIndex(record).facts({"kl", ""}, kLinearAccuracy, "gender")) ==
        std::vector{0.75});
  CHECK(FactIndex(record).facts({"kl", ""}, kLinearAccuracy, "religion").empty());
  CHECK(FactIndex(record).facts({"kl", ""}, kMlpAccuracy, "gender").empty());
}

TEST_CASE("The seeds of a fact come in order of their first appearance", "[reports][facts]") {
  RunRecord record;
  record.measurements = {fact("kl", 5, "memory.peak", {}, 1.0), accuracy(3, "stated", 0.25),
                         accuracy(5, "stated", 0.75)};
  CHECK(values(FactIndex(record).facts({"kl", ""}, kLinearAccuracy, "gender")) ==
        std::vector{0.75, 0.25});
}

TEST_CASE("A row's own figure speaks before those of its views, the first view by name else",
          "[reports][facts]") {
  const auto mrr = [](const char* view, double value) {
    Facets facets = kFilteredMrr.all_facets();
    if (*view != '\0') facets["view"] = view;
    MeasurementLine line = fact("bose", 1, "link_prediction.mrr", facets, value);
    line.view = "s";
    return line;
  };
  RunRecord record;
  record.measurements = {mrr("s:religion", 0.25), mrr("s:gender", 0.5)};
  CHECK(values(FactIndex(record).facts({"bose", "s"}, kFilteredMrr)) == std::vector{0.5});
  record.measurements.push_back(mrr("", 0.375));
  CHECK(values(FactIndex(record).facts({"bose", "s"}, kFilteredMrr)) == std::vector{0.375});
}

TEST_CASE("Facts of training are those of the whole system", "[reports][facts]") {
  RunRecord record;
  record.measurements = {fact("bose", 1, "time.seconds_per_epoch", {}, 2.0),
                         fact("bose", 1, "time.seconds_per_epoch", {{"phase", "warm_up"}}, 9.0)};
  CHECK(values(FactIndex(record).facts({"bose", "s"}, kSecondsPerEpoch)) == std::vector{2.0});
}

TEST_CASE("The first fact of any row is one with a value where there is one", "[reports][facts]") {
  RunRecord record;
  record.measurements = {accuracy(1, "stated", 0.5), accuracy(2, "stated", 0.75)};
  record.measurements[0].measurement =
      Measurement::undefined("diverged at epoch 2", 0, "", Direction::kLower);
  const FactIndex facts(record);
  REQUIRE(facts.first(kLinearAccuracy, "gender") != nullptr);
  CHECK(facts.first(kLinearAccuracy, "gender")->seed == 2);
  CHECK(facts.first(kMlpAccuracy, "gender") == nullptr);
}
