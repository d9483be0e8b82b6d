#include <algorithm>
#include <string>
#include <vector>

#include "datasets/people_file.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace people_file_tests {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<std::vector<std::uint32_t>>;

PeopleTable people(std::string_view text, const PeopleOptions& options = {},
                   std::string_view name = "people.csv") {
  const TemporaryDirectory directory;
  write_file(directory / name, text);
  return read_people(directory / name, options);
}

std::string complaint(std::string_view text, const PeopleOptions& options = {}) {
  try {
    static_cast<void>(people(text, options));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const IntegrityFinding* finding(const PeopleTable& table, std::string_view id) {
  const auto found = std::ranges::find(table.findings, id, &IntegrityFinding::id);
  return found == table.findings.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE(
    "A people file gives every person all values, and says who is unknown and who has several",
    "[datasets][people_file]") {
  const PeopleTable table = people(
      "religion,name,gender\n"
      "\"Islam|none\",\"Byron, Ada\",female\n"
      ",Bob,male\n"
      "?, Eve ,female | female\n"
      "_:b7,Kim,non-binary\n");
  CHECK(table.names == Names{"Byron, Ada", "Bob", "Eve", "Kim"});
  REQUIRE(table.columns.size() == 2);
  const PeopleColumn& religion = table.columns[0];
  CHECK(religion.id == "religion");
  CHECK(religion.values == Names{"Islam", "none"});  // "none" is a religion too
  CHECK(religion.of_person == Values{{0, 1}, {}, {}, {}});
  CHECK(religion.unknown == 3);
  CHECK(religion.placeholders == 2);
  CHECK(religion.several == 1);
  const PeopleColumn& gender = table.columns[1];
  CHECK(gender.values == Names{"female", "male", "non-binary"});
  CHECK(gender.of_person == Values{{0}, {1}, {0}, {2}});
  CHECK(gender.unknown + gender.several == 0);
  CHECK(table.findings.empty());
  CHECK(table.file.name == "people.csv");
  CHECK(table.file.sha256.size() == 64);
}

TEST_CASE("Other separators, words for unknown and columns can be asked for",
          "[datasets][people_file]") {
  PeopleOptions options;
  options.value_separator = ";";
  options.unknown_words = {"none"};
  options.attributes = {"faith"};
  options.name_column = "who";
  const PeopleTable table =
      people("who\tfaith\tx\na\tA;B\t1\nb\tnone\t1\nc\t?\t1\n", options, "people.tsv");
  REQUIRE(table.columns.size() == 1);
  CHECK(table.columns[0].values == Names{"A", "B", "?"});
  CHECK(table.columns[0].of_person == Values{{0, 1}, {}, {2}});
}

TEST_CASE("Many different numbers fall into bins at their quartiles, which are on record",
          "[datasets][people_file]") {
  std::string text = "name,year,code\n";
  for (int i = 0; i < 12; ++i) {
    text += fmt::format("p{},{},{}\n", i, 1900 + 10 * i, i % 2);
  }
  const PeopleTable table = people(text);
  const PeopleColumn& year = table.columns[0];
  CHECK(year.bin_edges == std::vector<double>{1930, 1960, 1990});
  CHECK(year.values ==
        Names{"below 1930", "1930 to below 1960", "1960 to below 1990", "1990 and above"});
  CHECK(year.of_person[2] == std::vector<std::uint32_t>{0});
  CHECK(year.of_person[3] == std::vector<std::uint32_t>{1});  // an edge belongs to the upper bin
  CHECK(year.of_person[11] == std::vector<std::uint32_t>{3});
  REQUIRE(finding(table, "numbers_in_bins") != nullptr);
  CHECK_THAT(finding(table, "numbers_in_bins")->detail, Contains("1930, 1960, 1990 (quartiles)"));
  // Two codes are values, not amounts.
  CHECK(table.columns[1].values == Names{"0", "1"});
}

TEST_CASE("Stated bins take dates by their year, and words are refused",
          "[datasets][people_file]") {
  PeopleOptions options;
  options.bins = {{"born", {1900}}};
  const PeopleTable table = people(
      "name,born\na,1815-12-10\nb,+1912-06-23T00:00:00Z\nc,1899\nd,-0044-03-15\ne,?\nf,1899|1901\n",
      options);
  CHECK(table.columns[0].values == Names{"below 1900", "1900 and above"});
  CHECK(table.columns[0].of_person == Values{{0}, {1}, {0}, {0}, {}, {0, 1}});
  CHECK_THAT(complaint("name,born\na,soon\n", options),
             Contains("--bins born") && Contains("'soon'"));
  options.bins = {{"born", {1900, 1900}}};
  CHECK_THAT(complaint("name,born\na,1\n", options), Contains("greater than the one before"));
  options.bins = {{"bron", {1900}}};
  CHECK_THAT(complaint("name,born\na,1\n", options), Contains("born"));
}

TEST_CASE(
    "Values that differ in capitals alone stay apart and are told; empty columns are left out",
    "[datasets][people_file]") {
  const PeopleTable table = people("name,gender,x\na,Male,\nb,male,?\n");
  REQUIRE(table.columns.size() == 1);
  CHECK(table.columns[0].values == Names{"Male", "male"});
  REQUIRE(finding(table, "values_alike") != nullptr);
  CHECK(finding(table, "values_alike")->count == 1);
  CHECK(finding(table, "empty_column")->subject == "x");
}

TEST_CASE("A people file that folds persons or misses a head is refused with its line",
          "[datasets][people_file]") {
  CHECK_THAT(complaint("name,gender\na,x\nb,y\na,y\n"),
             Contains("people.csv:4") && Contains("'a' again") && Contains("people.csv:2"));
  CHECK_THAT(complaint("gender,nom\nx,y\n"), Contains("a column 'name'"));
  CHECK_THAT(complaint("name,gender\na\n"), Contains("people.csv:2") && Contains("1 fields"));
  CHECK_THAT(complaint("name,gender\n ,x\n"), Contains("an empty name"));
  CHECK_THAT(complaint("name,x,x\na,1,2\n"), Contains("each once"));
  CHECK_THAT(complaint(""), Contains("an empty file"));
  CHECK_THAT(complaint("name,x\n"), Contains("no person"));
  PeopleOptions options;
  options.attributes = {"gendre"};
  CHECK_THAT(complaint("name,gender\na,x\n", options), Contains("did you mean 'gender'?"));
}

}  // namespace people_file_tests
