#include "reports/tables/run_table.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using Catch::Matchers::Contains;
using kgaudit::reports::tests::audited_record;

namespace {

std::string audit_table(const char* id, std::size_t rows = 20) {
  const TableOptions options = {
      .professions = rows, .relations = rows, .attribute = "gender", .row = {"basic", ""}};
  return render_markdown(run_table(id, audited_record(), options), 0);
}

}  // namespace

TEST_CASE("Groups stand with what their rows have to themselves, measure by measure",
          "[reports][row_groups]") {
  const std::string table = audit_table("row_groups");
  CHECK_THAT(table, Contains("| gender |") && Contains("separation →0") &&
                        Contains("rank gap of professions") && !Contains("neighbours' lift →0"));
  CHECK_THAT(table, Contains("0.500") && Contains("1.250") && Contains("0.125"));
}

TEST_CASE("What else tells an attribute stands in the order of the record", "[reports][proxies]") {
  const std::string table = audit_table("proxies");
  CHECK_THAT(table, Contains("| given\\_name | head | 0.875 | 1.000 | – |") &&
                        Contains("| spouse | tail | 0.625 | – | – |"));
  CHECK_THAT(audit_table("proxies", 1), Contains("1 of 2 relations") && !Contains("spouse"));
}

TEST_CASE("Professions stand by the size of their difference, with a dash where persons are few",
          "[reports][profession_parity]") {
  const std::string table = audit_table("profession_parity");
  CHECK_THAT(table, Contains("| nurse | -0.500 | -0.250 | – | – |\n"
                             "| miner | 0.250 | 0.125 | – | – |"));
  CHECK_THAT(table, Contains("male less female"));
}

TEST_CASE("Associations of professions stand with the group, the strongest first",
          "[reports][associations]") {
  CHECK_THAT(audit_table("associations"), Contains("| nurse | female | 0.500 |\n"
                                                   "| miner | female | -0.250 |"));
}
