#include "reports/record/stage_times.hpp"
#include "reports/tables/run_table.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;

namespace {

/// Two systems: 6 and 2 s of epochs, 1 and 3 s of ranking, 4 s of tests.
RunRecord timed_record() {
  RunRecord record;
  const auto stage = [&record](const char* system, std::uint64_t seed, const char* name,
                               const char* of, double seconds) {
    MeasurementLine line;
    line.system = system;
    line.seed = seed;
    line.metric = "time.stage";
    line.facets = {{"stage", name}, {"of", of}};
    line.measurement = Measurement::of(seconds, 1, "s", Direction::kDescriptive);
    record.measurements.push_back(line);
  };
  stage("basic", 0, "ranking", "system", 0.5);
  stage("basic", 1, "ranking", "system", 0.5);
  stage("kl", 0, "ranking", "system", 3.0);
  stage("basic", 0, "tests between systems", "run", 4.0);
  for (const auto& [system, seconds] : {std::pair{"basic", 6.0}, {"kl", 2.0}}) {
    EpochLine epoch;
    epoch.system = system;
    epoch.epoch = 1;
    epoch.seconds = seconds;
    record.epochs.push_back(epoch);
  }
  return record;
}

}  // namespace

TEST_CASE("The time of a run is told by stages, longest first", "[reports][stages]") {
  const std::string csv = render_csv(run_table("stages", timed_record()));
  CHECK_THAT(csv, Contains("training,8,,1,,50,,1,,basic,75,,1,"));
  CHECK_THAT(csv, Contains("ranking,4,,1,,25,,1,,kl,75,,1,"));
  CHECK_THAT(csv, Contains("tests between systems,4,,1,,25,,1,,the whole run,"));
  CHECK(csv.find("training,8") < csv.find("ranking,4"));
  CHECK(stage_times_in_words(timed_record()) ==
        "16 s: training 50 %, ranking 25 %, tests between systems 25 %, the rest 0 %");
}

TEST_CASE("A record that timed no stages has no table of them", "[reports][stages]") {
  RunRecord record = timed_record();
  record.measurements.clear();
  CHECK(run_table("stages", record).rows.empty());
  CHECK(stage_times_in_words(record).empty());
}
