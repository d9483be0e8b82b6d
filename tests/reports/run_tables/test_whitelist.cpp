#include "reports/tables/run_table.hpp"
#include "tests/reports/run_tables/relation_facts.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::counted;
using kgaudit::reports::tests::fact;
using kgaudit::reports::tests::of_profession;
using kgaudit::reports::tests::record_of_relations;

TEST_CASE("Whitelisted relations end with the median ratio to the first system",
          "[reports][whitelist]") {
  const RunRecord record = record_of_relations();
  const std::string text = render_terminal(run_table("whitelist", record), {0, false});
  CHECK_THAT(text, Contains("gender         common"));
  // Only "common" has more than 5 test triples: 0.125 / 0.25.
  CHECK_THAT(text, Contains("median ratio to basic, 1 rows           ≥ 6  1.000  0.500\n"));
}

TEST_CASE("Whitelisted professions stand below the relations, with a median of their own",
          "[reports][whitelist]") {
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
  const Table table = run_table("whitelist", record);
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
  CHECK(run_table("relations", record).rows.size() == 2);

  SECTION("without whitelisted relations") {
    std::erase_if(record.measurements, [](const MeasurementLine& line) {
      return line.metric == "link_prediction.whitelisted_triples";
    });
    const Table alone = run_table("whitelist", record);
    CHECK(alone.rows.size() == 3);
    CHECK_THAT(render_markdown(alone, 0), Contains("| --: |\n| gender, religion |"));
    CHECK_THAT(render_markdown(alone, 0), Contains(medians));
  }
}

TEST_CASE("A record from before professions were measured has the table of relations",
          "[reports][whitelist]") {
  const RunRecord record = record_of_relations();
  const Table table = run_table("whitelist", record);
  CHECK(table.title == "Whitelisted relations");
  CHECK(table.columns[1].header == "relation");
  CHECK(table.rows.size() == 3);
  CHECK(table.notes.empty());
}
