#include <algorithm>
#include <string>
#include <vector>

#include "datasets/people_file.hpp"
#include "datasets/value_checks.hpp"
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
  // "none" may mean that nobody knows, which is for people to say.
  REQUIRE(table.findings.size() == 1);
  CHECK(table.findings[0].id == "placeholder_values");
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

TEST_CASE("Values that differ in blanks or in characters without width stay apart and are told",
          "[datasets][people_file]") {
  const auto alike = [](const std::string& one, const std::string& other) -> std::string {
    const PeopleTable table = people(fmt::format("name,gender\na,{}\nb,{}\nc,x\n", one, other));
    CHECK(table.columns[0].values == Names{one, other, "x"});
    const IntegrityFinding* found = finding(table, "values_alike");
    if (found == nullptr) return "";
    CHECK(found->subject == "gender");
    CHECK(found->count == 1);
    return found->detail;
  };
  CHECK_THAT(alike("male", "ma\xe2\x80\x8ble"), Contains("'male' and 'ma\\u200ble'"));
  CHECK_THAT(alike("male", "male\xef\xb8\x8f"), Contains("'male' and 'male\\ufe0f'"));
  CHECK_THAT(alike("male", "ma\xcd\x8fle"), Contains("'ma\\u034fle'"));
  CHECK_THAT(alike("ma\xc2\xadle", "male"), Contains("'ma\\u00adle' and 'male'"));
  CHECK_THAT(alike("male", "\xef\xbb\xbfmale"), Contains("'\\ufeffmale'"));
  CHECK_THAT(alike("male", "male\xf3\xa0\x84\x80"), Contains("'male\\udb40\\udd00'"));
  CHECK_THAT(alike("male", "\xc2\xa0Male"), Contains("'\\u00a0Male'"));
  CHECK_THAT(alike("New York", "New\xe2\x80\xafYork"), Contains("'New York' and 'New\\u202fYork'"));
  CHECK_THAT(alike("New York", "New\xe3\x80\x80York\xe2\x80\x83"),
             Contains("'New\\u3000York\\u2003'"));
  CHECK(alike("New York", "NewYork").empty());
  CHECK(alike("f\xc3\xa9", "fe").empty());
  CHECK_THAT(alike("f\xc3\xa9", "fe\xcc\x81"), Contains("'f\xc3\xa9' and 'fe\\u0301'"));
  CHECK_THAT(alike("\xc3\x89t\xc3\xa9", "\xc3\xa9t\xc3\xa9"),
             Contains("'\xc3\x89t\xc3\xa9' and '\xc3\xa9t\xc3\xa9'"));
}

TEST_CASE("A text in broken UTF-8 has a look, and a long one is cut", "[datasets][people_file]") {
  CHECK(look_of("\xff\xe2\x80 A\xe2\x80\x8b ") == "\xff\xe2\x80 a");
  CHECK(look_of("\xc2\xa0\xe2\x80\x8b").empty());
  CHECK(spelled_out("a\xff\tb\n") == "'a\\xff\\x09b\\x0a'");
  CHECK(spelled_out(std::string(300, 'a')) == "'" + std::string(200, 'a') + "...'");
}

TEST_CASE("Words that look like placeholders and are values of a people file are named",
          "[datasets][people_file]") {
  const PeopleTable table = people(
      "name,state\na,UNKNOWN\nb,None\nc,#N/A\nd,N.A.\ne,undefined|Texas\nf,missing\ng,Not Known\n"
      "h,Texas\ni,unknown\nj,\xc2\xa0?\nk,\n");
  CHECK(table.columns[0].values.size() == 9);
  CHECK(table.columns[0].unknown == 2);
  CHECK(table.columns[0].placeholders == 1);
  const IntegrityFinding* found = finding(table, "placeholder_values");
  REQUIRE(found != nullptr);
  CHECK(found->subject == "state");
  CHECK(found->count == 8);
  CHECK_THAT(found->detail, Contains("e.g. 'UNKNOWN'") && Contains("Leave these cells empty"));
  for (const char* word : {"not available", "No Data", "nil", "-", " ? ", "NULL", "", "_:b1"}) {
    INFO(word);
    CHECK(is_placeholder(word));
  }
  for (const char* word : {"nobody", "data", "knowns", "Nile"}) {
    INFO(word);
    CHECK_FALSE(is_placeholder(word));
  }
  CHECK(finding(people("name,state\na,Texas\nb,unknown\n"), "placeholder_values") == nullptr);
}

TEST_CASE("A few words that keep a column of numbers out of bins are named",
          "[datasets][people_file]") {
  const auto years = [](int count, const std::string& words) {
    std::string text = "name,year\n";
    for (int i = 0; i < count; ++i) text += fmt::format("p{},{}\n", i, 1900 + i);
    return people(text + words);
  };
  const PeopleTable table = years(60, "q,c. 1900\n");
  CHECK(table.columns[0].values.size() == 61);
  CHECK(table.columns[0].bin_edges.empty());
  const IntegrityFinding* found = finding(table, "numbers_with_words");
  REQUIRE(found != nullptr);
  CHECK(found->subject == "year");
  CHECK(found->count == 1);
  CHECK_THAT(found->detail, Contains("Of 61 different values") && Contains("'c. 1900'") &&
                                Contains("leave their cells empty"));
  CHECK(finding(years(60, ""), "numbers_with_words") == nullptr);
  CHECK(finding(years(18, "q,a\nr,b\n"), "numbers_with_words") != nullptr);
  CHECK(finding(years(17, "q,a\nr,b\n"), "numbers_with_words") == nullptr);
  // Ten numbers would be values as they stand.
  CHECK(finding(years(10, "q,a\n"), "numbers_with_words") == nullptr);
  // Two words among few years, but among many cells.
  std::string cells;
  for (int i = 0; i < 20; ++i) cells += fmt::format("c{},1900\n", i);
  CHECK(finding(years(12, cells + "q,a\nr,b\n"), "numbers_with_words") != nullptr);
}

TEST_CASE("What is not a finite number goes into no bin", "[datasets][people_file]") {
  std::string text = "name,year\nq,NAN\nr,Infinity\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("p{},{}\n", i, 1900 + i);
  const PeopleTable table = people(text);
  CHECK(table.columns[0].bin_edges.empty());
  REQUIRE(finding(table, "numbers_with_words") != nullptr);
  CHECK(finding(table, "numbers_with_words")->count == 2);
}

TEST_CASE("Semicolons and tabs are read where the head line has the names by them alone",
          "[datasets][people_file]") {
  for (const char separator : {',', ';', '\t'}) {
    CAPTURE(separator);
    const auto fields = [&](std::string line) {
      std::ranges::replace(line, '!', separator);
      return line;
    };
    const PeopleTable table =
        people(fields("faith!name!x\nA|B!\"Byron") + separator + fields(" Ada\"!1\nA!b!\n"));
    CHECK(table.names == Names{fmt::format("Byron{} Ada", separator), "b"});
    REQUIRE(table.columns.size() == 2);
    CHECK(table.columns[0].of_person == Values{{0, 1}, {0}});
  }
  // What the ending says counts where the head can be read so; a comma inside a head is no reason.
  CHECK(people("name\tgender, sex\na\tx\n", {}, "people.tsv").columns[0].id == "gender, sex");
  CHECK(people("name,a;b\np,x;y\n").columns[0].values == Names{"x;y"});
}

TEST_CASE("Where no column is called as the names are, the advice names one that works",
          "[datasets][people_file]") {
  const auto advised = [](const std::string& text) {
    const std::string message = complaint(text);
    const std::string option = "try: --name-column ";
    const std::size_t at = message.find(option);
    REQUIRE(at != std::string::npos);
    std::string column = message.substr(at + option.size());
    column.resize(column.find(", if"));
    std::erase(column, '\'');
    PeopleOptions options;
    options.name_column = column;
    CHECK(people(text, options).names == Names{"a"});
    return column;
  };
  CHECK(advised("gender,Name\nx,a\n") == "Name");
  CHECK(advised("gender,NAME\nx,a\n") == "NAME");
  CHECK(advised("gender;person\nx;a\n") == "person");
  CHECK(advised("gender\tFull name\nx\ta\n") == "Full name");
  CHECK(advised("gender,names\nx,a\n") == "names");
  CHECK(advised("qid,gender\na,x\n") == "qid");
  CHECK_THAT(complaint("name:gender\na:x\n"),
             Contains("one column, name:gender") && Contains("commas, semicolons or tabs"));
}

TEST_CASE("A people file that says nothing of anybody is refused with what to add",
          "[datasets][people_file]") {
  CHECK_THAT(complaint("name\na\nb\n"), Contains("people.csv:1") &&
                                            Contains("the column 'name' alone") &&
                                            Contains("such as name,gender"));
  CHECK_THAT(complaint("name,gender\na,\nb,?\n"), Contains("nobody has a value in any column"));
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
