#include "suite/compare/statistics_plan.hpp"

#include <string>

#include "suite/base/error.hpp"
#include "suite/plan/plan_parameters.hpp"
#include "tests/suite/compare/made_up_run.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

using Catch::Matchers::Contains;

using tests::MadeUpRun;
using tests::noisy_run;

TEST_CASE("An unknown reference is answered with the nearest row on record",
          "[run][significance]") {
  MadeUpRun run;
  noisy_run(run, 2);
  try {
    static_cast<void>(reference_row(run.record(), "basik"));
    FAIL("no complaint");
  } catch (const InputError& error) {
    CHECK_THAT(error.what(), Contains("did you mean 'basic'?"));
  }
  CHECK(reference_row(run.record(), "").system == "basic");
}

TEST_CASE("A system stands for its first row, and a view is named behind a colon",
          "[run][significance]") {
  reports::RunRecord record;
  for (const char* view : {"a", "s"}) {
    record.measurements.push_back({"r", "bose", view, 0, "link_prediction.mrr", tests::kWhole,
                                   Measurement::of(0.2, 1, "", Direction::kHigher)});
  }
  CHECK(reference_row(record, "bose").view == "a");
  CHECK(reference_row(record, "bose:s").view == "s");
  CHECK_THROWS_AS(reference_row(record, "bose:x"), InputError);
}

TEST_CASE("What a record declares of its tests is read back, defaults for the rest",
          "[run][significance]") {
  reports::RunRecord record;
  CHECK(statistics_of(record).alpha == 0.05);
  record.run.plan = R"({"tables":{"statistics":{"alpha":0.01,"test":"bootstrap"}}})";
  CHECK(statistics_of(record).alpha == 0.01);
  CHECK(statistics_of(record).test == Statistics::FamilyTest::kBootstrap);
  CHECK(statistics_of(record).power == 0.8);
  record.run.plan = R"({"tables":{"statistics":{"alpha":7}}})";
  CHECK_THROWS_AS(statistics_of(record), InputError);
}

}  // namespace
}  // namespace kgaudit::run
