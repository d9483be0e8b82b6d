#include "reports/tables/breakdown_tables.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::example_record;
using kgaudit::reports::tests::fact;

namespace {

MeasurementLine counted(MeasurementLine line, double value, std::uint64_t n) {
  line.measurement = Measurement::of(value, n, "", Direction::kHigher);
  return line;
}

Facets of_relation(const char* relation) {
  return {{"filter", "filtered"},
          {"relation", relation},
          {"set", "relation"},
          {"side", "both"},
          {"ties", "realistic"}};
}

Facets of_profession(const char* profession, const char* attributes) {
  return {{"attributes", attributes}, {"filter", "filtered"}, {"profession", profession},
          {"set", "profession"},      {"side", "both"},       {"ties", "realistic"}};
}

// Two relations of 10 and 4 test triples for basic and kl.
RunRecord record_of_relations() {
  RunRecord record;
  record.run = example_record().run;
  auto& facts = record.measurements;
  const auto add = [&](const char* system, const char* relation, double mrr,
                       std::uint64_t triples) {
    facts.push_back(counted(fact(system, 1, "link_prediction.mrr", of_relation(relation), 0.0), mrr,
                            2 * triples));
  };
  add("basic", "rare", 0.5, 4);
  add("basic", "common", 0.25, 10);
  add("kl", "rare", 0.25, 4);
  add("kl", "common", 0.125, 10);
  for (const auto& [relation, triples] : {std::pair{"common", 10.0}, std::pair{"rare", 4.0}}) {
    facts.push_back(fact("basic", 1, "link_prediction.whitelisted_triples",
                         {{"attribute", "gender"}, {"relation", relation}}, triples));
  }
  return record;
}

}  // namespace

TEST_CASE("relations stand by their number of test triples, the best system bold",
          "[reports][breakdown]") {
  const RunRecord record = record_of_relations();
  const FactIndex facts(record);
  CHECK(render_markdown(relation_table(record, facts, 1), 0) ==
        "| relation | test triples | MRR ↑ basic | MRR ↑ kl |\n"
        "| :-- | --: | --: | --: |\n"
        "| common | 10 | **0.250** | 0.125 |\n"
        "\n"
        "Filtered MRR of heads and tails, relations with most test triples first.\n"
        "\n"
        "1 of 2 relations; the CSV table has all.\n");
  CHECK(relation_table(record, facts).rows.size() == 2);
}

TEST_CASE("whitelisted relations end with the median ratio to the first system",
          "[reports][breakdown]") {
  const RunRecord record = record_of_relations();
  const std::string text = render_terminal(whitelist_table(record, FactIndex(record)), {0, false});
  CHECK_THAT(text, Contains("gender         common"));
  // Only "common" has more than 5 test triples: 0.125 / 0.25.
  CHECK_THAT(text, Contains("median ratio to basic, 1 rows           ≥ 6  1.000  0.500\n"));
}

TEST_CASE("whitelisted professions stand below the relations, with a median of their own",
          "[reports][breakdown]") {
  RunRecord record = record_of_relations();
  record.run.labels["/m/nun"] = "nun";
  const auto add = [&](const char* system, const Facets& where, double mrr, std::uint64_t triples) {
    record.measurements.push_back(
        counted(fact(system, 1, "link_prediction.mrr", where, 0.0), mrr, 2 * triples));
  };
  const Facets pope = of_profession("/m/pope", "religion");
  const Facets nun = of_profession("/m/nun", "gender,religion");
  const Facets saint = of_profession("/m/saint", "religion");
  add("basic", pope, 0.25, 6);
  add("basic", nun, 0.5, 8);
  add("basic", saint, 0.5, 5);
  add("kl", pope, 0.375, 6);
  add("kl", nun, 0.25, 8);
  add("kl", saint, 0.5, 5);
  // What one of several views of a system says has no row of its own.
  Facets of_view = nun;
  of_view["view"] = "a:gender";
  add("kl", of_view, 0.125, 8);

  const std::string medians = "|  | median ratio to basic, 2 professions | ≥ 6 | 1.000 | 1.000 |\n";
  const Table table = whitelist_table(record, FactIndex(record));
  CHECK(table.title == "Whitelisted relations and professions");
  CHECK_THAT(render_markdown(table, 0),
             Contains("| may depend on | relation or profession | test triples | MRR ↑ basic | MRR "
                      "↑ kl |\n"
                      "| :-- | :-- | --: | --: | --: |\n"
                      "| gender | common | 10 | **0.250** | 0.125 |\n"
                      "| gender | rare | 4 | **0.500** | 0.250 |\n"
                      "|  | median ratio to basic, 1 rows | ≥ 6 | 1.000 | 0.500 |\n"
                      "| gender, religion | profession: nun | 8 | **0.500** | 0.250 |\n"
                      "| religion | profession: /m/pope | 6 | 0.250 | **0.375** |\n" +
                      medians));
  CHECK(table.notes ==
        std::vector<std::string>{
            "Whitelisted professions with fewer than 6 test triples, not shown: 1."});
  // The table of relations knows nothing of them.
  CHECK(relation_table(record, FactIndex(record)).rows.size() == 2);

  SECTION("without whitelisted relations") {
    std::erase_if(record.measurements, [](const MeasurementLine& line) {
      return line.metric == "link_prediction.whitelisted_triples";
    });
    const Table alone = whitelist_table(record, FactIndex(record));
    CHECK(alone.rows.size() == 3);
    CHECK_THAT(render_markdown(alone, 0), Contains("| --: |\n| gender, religion |"));
    CHECK_THAT(render_markdown(alone, 0), Contains(medians));
  }
}

TEST_CASE("a record from before professions were measured has the table of relations",
          "[reports][breakdown]") {
  const RunRecord record = record_of_relations();
  const Table table = whitelist_table(record, FactIndex(record));
  CHECK(table.title == "Whitelisted relations");
  CHECK(table.columns[1].header == "relation");
  CHECK(table.rows.size() == 3);
  CHECK(table.notes.empty());
}

TEST_CASE("the whitelist does not decide the order of attributes", "[reports][breakdown]") {
  RunRecord record = record_of_relations();
  for (const char* attribute : {"religion", "gender"}) {
    record.measurements.push_back(
        fact("basic", 1, "score_gap.micro", {{"attribute", attribute}}, 1.0));
  }
  CHECK(attributes_of(record) == std::vector<std::string>{"religion", "gender"});
}

TEST_CASE("groups stand with their sizes and the reason of those too small",
          "[reports][breakdown]") {
  RunRecord record;
  record.run = example_record().run;
  const auto value = [](const char* name) {
    return Facets{{"attribute", "gender"}, {"value", name}};
  };
  record.run.labels["/m/f"] = "female";
  record.measurements = {
      counted(fact("basic", 1, "score_gap.by_value", value("/m/f"), 0.0), 1.5, 40),
      fact("basic", 1, "score_gap.by_value", value("/m/x"), 0.0),
      counted(fact("basic", 1, "group_gap.mrr", value("/m/f"), 0.0), 0.75, 8)};
  record.measurements[1].measurement =
      Measurement::undefined("3 persons: fewer than min_group = 10", 3, "", Direction::kNearer);
  const Table table = group_table(record, FactIndex(record), "gender");
  CHECK_THAT(render_markdown(table, 0), Contains("| female | 40 | 1.50 | 8 | 0.750 |\n"
                                                 "| /m/x | 3 | undef. \\[1\\] | – | – |\n"));
  CHECK(group_table(record, FactIndex(record), "religion").rows.empty());
}

TEST_CASE("popularity stands by quarters with the gap between them", "[reports][breakdown]") {
  RunRecord record;
  record.run = example_record().run;
  for (const auto& [quarter, mrr] : {std::pair{"1", 0.125}, std::pair{"4", 0.5}}) {
    record.measurements.push_back(
        fact("basic", 1, "degree_bias.mrr", {{"side", "both"}, {"quartile", quarter}}, mrr));
  }
  record.measurements.push_back(
      fact("basic", 1, "degree_bias.quartile_gap", {{"side", "both"}}, 0.375));
  CHECK_THAT(render_markdown(degree_table(record, FactIndex(record)), 0),
             Contains("| system | MRR by quarter of degree ↑ rarest | MRR by quarter of degree ↑ "
                      "commonest | gap →0 |") &&
                 Contains("| basic | 0.125 | 0.500 | 0.375 |"));
}

TEST_CASE("a record without such facts has no breakdowns", "[reports][breakdown]") {
  RunRecord record;
  record.run = example_record().run;
  const FactIndex facts(record);
  CHECK(relation_table(record, facts).rows.empty());
  CHECK(whitelist_table(record, facts).rows.empty());
  CHECK(test_set_table(record, facts).rows.empty());
  CHECK(degree_table(record, facts).rows.empty());
  CHECK(group_table(record, facts, "gender").rows.empty());
}
