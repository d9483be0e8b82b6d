#include <set>

#include "reports/tables/run_table.hpp"
#include "suite/base/error.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::audited_record;
using kgaudit::reports::tests::example_record;

TEST_CASE("Every table of a run has an id, a test, and rows where the record has its facts",
          "[reports][run_tables]") {
  RunRecord record = audited_record();
  record.measurements.push_back(kgaudit::reports::tests::fact(
      "basic", 1, "question.auc_micro", {{"attribute", "gender"}, {"persons", "stated"}}, 0.9,
      Direction::kNearer));
  record.measurements.push_back(kgaudit::reports::tests::fact(
      "basic", 1, "time.stage", {{"stage", "ranking"}, {"of", "system"}}, 3.0,
      Direction::kDescriptive));
  const FactIndex facts(record);
  const std::set<std::string> tags = kgaudit::tests::test_tags();
  std::set<std::string_view> ids;
  for (const RunTable* entry : run_tables()) {
    CAPTURE(entry->id);
    CHECK(ids.insert(entry->id).second);
    CHECK(&find_run_table(entry->id) == entry);
    CHECK(tags.contains(std::string(entry->id)));
    const TableOptions options = {.attribute = "gender", .row = {"basic", ""}};
    const Table table = entry->make(record, facts, options);
    CHECK_FALSE(table.rows.empty());
    CHECK_FALSE(table.title.empty());
    CHECK_NOTHROW(render_csv(table));
  }
  CHECK_THROWS_AS(find_run_table("comparisn"), InputError);
}

TEST_CASE("A record without a fact gives tables without rows", "[reports][run_tables]") {
  RunRecord record;
  record.run = example_record().run;
  const FactIndex facts(record);
  for (const RunTable* entry : run_tables()) {
    CAPTURE(entry->id);
    CHECK(entry->make(record, facts, {.attribute = "gender", .row = {"basic", ""}}).rows.empty());
  }
}

TEST_CASE("A table that heeds a number of rows shows the first of them", "[reports][run_tables]") {
  const RunRecord record = audited_record();
  const FactIndex facts(record);
  for (const RunTable* entry : run_tables()) {
    CAPTURE(entry->id);
    TableOptions options = {.attribute = "gender", .row = {"basic", ""}};
    const Table all = entry->make(record, facts, options);
    options.professions = options.relations = 1;
    CHECK(entry->make(record, facts, options).rows.size() ==
          (entry->limited ? 1 : all.rows.size()));
  }
}
