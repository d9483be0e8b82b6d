#include "reports/record/rows.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

TEST_CASE("The views of one system are rows that stay together", "[reports][rows]") {
  RunRecord record;
  record.run = example_record().run;
  record.measurements = {fact("bose", 1, "time.seconds_per_epoch", {}, 5.0),
                         fact("bose", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0),
                         fact("basic", 1, "score_gap.micro", {{"attribute", "gender"}}, 1.0),
                         fact("bose", 1, "score_gap.micro", {{"attribute", "gender"}}, 2.0)};
  record.measurements[1].view = "s";
  record.measurements[3].view = "a";
  CHECK(system_views(record) ==
        std::vector<SystemView>{{"bose", "s"}, {"bose", "a"}, {"basic", ""}});
  CHECK(name_of(record, {"bose", "a"}) == "bose [a]");
}

TEST_CASE("A system of which only its training is on record is a row", "[reports][rows]") {
  RunRecord record;
  record.measurements = {fact("basic", 1, "time.seconds_per_epoch", {}, 5.0)};
  CHECK(system_views(record) == std::vector<SystemView>{{"basic", ""}});
}

TEST_CASE("Views made for one attribute each belong to one row", "[reports][rows]") {
  CHECK(row_of("s:gender") == "s");
  CHECK(row_of("a") == "a");
  CHECK(row_of("").empty());
}

TEST_CASE("An attribute that only whitelisted relations name is not measured", "[reports][rows]") {
  RunRecord record = example_record();
  record.measurements.insert(record.measurements.begin(),
                             fact("basic", 1, "link_prediction.whitelisted_triples",
                                  {{"attribute", "age"}, {"relation", "born"}}, 3.0));
  CHECK(attributes_of(record) == std::vector<std::string>{"gender", "religion"});
  CHECK(seeds_of(record) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("A facet that is not there has the value asked for", "[reports][rows]") {
  const Facets all = {{"attribute", "gender"}, {"probe", "mlp"}};
  CHECK(facet_or(all, "probe") == "mlp");
  CHECK(facet_or(all, "side", "both") == "both");
}

TEST_CASE("The whitelist does not decide the order of attributes", "[reports][rows]") {
  RunRecord record;
  record.measurements = {fact("basic", 1, "link_prediction.whitelisted_triples",
                              {{"attribute", "gender"}, {"relation", "born"}}, 3.0)};
  for (const char* attribute : {"religion", "gender"}) {
    record.measurements.push_back(
        fact("basic", 1, "score_gap.micro", {{"attribute", attribute}}, 1.0));
  }
  CHECK(attributes_of(record) == std::vector<std::string>{"religion", "gender"});
}
