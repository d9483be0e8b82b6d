#include "suite/run/forecast.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

const Forecast::Kind kBasic = {"epoch", "basic"};
const Forecast::Kind kBose = {"epoch", "bose"};
const Forecast::Kind kMeasureBasic = {"measuring", "basic"};
const Forecast::Kind kMeasureBose = {"measuring", "bose"};

TEST_CASE("A forecast counts an epoch of each system with its own seconds", "[run][progress]") {
  Forecast forecast;
  forecast.expect(kBasic, 10);
  forecast.expect(kBose, 10);
  forecast.done(kBasic, 1.0);
  forecast.done(kBose, 9.0);
  const Outlook outlook = forecast.outlook();
  CHECK(outlook.seconds_left == Approx(9 * 1.0 + 9 * 9.0));
  CHECK(outlook.share == Approx(0.1));
  CHECK(outlook.whole);
}

TEST_CASE("What was never timed takes as long as the rest of its stage, or is said to be left out",
          "[run][progress]") {
  Forecast forecast;
  forecast.expect(kBasic, 4);
  forecast.expect(kBose, 4);
  forecast.expect(kMeasureBasic, 1);
  forecast.expect(kMeasureBose, 1);
  forecast.done(kBasic, 2.0);
  CHECK(forecast.outlook().seconds_left == Approx(3 * 2.0 + 4 * 2.0));
  CHECK_FALSE(forecast.outlook().whole);
  forecast.done(kMeasureBasic, 5.0);
  CHECK(forecast.outlook().seconds_left == Approx(14.0 + 5.0));
  CHECK(forecast.outlook().whole);
}

TEST_CASE("What was timed is named, and work that nothing tells of is no time left",
          "[run][progress]") {
  Forecast forecast;
  forecast.expect(kBasic, 2);
  forecast.expect(kMeasureBasic, 1);
  forecast.expect({"tests", ""}, 1);
  forecast.done(kBasic, 1.0);
  CHECK(forecast.outlook().of == "epoch");
  CHECK(forecast.outlook().foretells());
  forecast.done(kBasic, 1.0);
  forecast.done(kMeasureBasic, 1.0);
  CHECK(forecast.outlook().of == "epoch and measuring");
  CHECK_FALSE(forecast.outlook().whole);
  CHECK_FALSE(forecast.outlook().foretells());
  forecast.done({"tests", ""}, 1.0);
  CHECK(forecast.outlook().whole);
  CHECK(forecast.outlook().share == 1.0);
}

TEST_CASE("A piece under way counts by its share, until it is done", "[run][progress]") {
  Forecast forecast;
  forecast.expect(kBasic, 2);
  forecast.under_way(kBasic, 0.125, 5.0);
  forecast.under_way(kBasic, 0.25, 5.0);
  CHECK(forecast.outlook().seconds_left == Approx(1.75 * 20.0));
  CHECK(forecast.outlook().share == Approx(5.0 / 40.0));
  CHECK(forecast.outlook().of == "epoch");
  forecast.done(kBasic, 30.0);
  CHECK(forecast.outlook().seconds_left == Approx(30.0));
  CHECK(forecast.outlook().share == Approx(0.5));
}

TEST_CASE("Work that is not needed is no longer ahead, and a forecast of nothing is empty",
          "[run][progress]") {
  Forecast forecast;
  CHECK(forecast.outlook().share == 0.0);
  forecast.expect(kBasic, 20);
  forecast.done(kBasic, 1.0);
  forecast.drop(kBasic, 9);
  CHECK(forecast.outlook().seconds_left == Approx(10.0));
  forecast.drop(kBasic, 100);
  CHECK(forecast.outlook().seconds_left == 0.0);
  CHECK(forecast.outlook().share == 1.0);
}

}  // namespace
}  // namespace kgaudit::run
