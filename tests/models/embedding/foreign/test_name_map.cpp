#include <string>

#include "models/embedding/foreign/name_map.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

namespace {

NameMap read(const std::string& bytes, const std::string& place = "entity2id.txt") {
  MemoryBudget budget;
  return read_name_map(bytes, place, budget);
}

}  // namespace

TEST_CASE("Maps of names are read in every form that tools write", "[models]") {
  const Names expected = {"/m/a", "/m/b c", "/m/d"};
  for (const std::string text :
       {"3\n/m/b c\t1\n/m/a\t0\n/m/d\t2\n", "/m/b c\t1\n/m/a\t0\n/m/d\t2",
        "1\t/m/b c\n0\t/m/a\n2\t/m/d\n", "1\t/m/b c\r\n0\t/m/a\r\n2\t/m/d\r\n",
        "/m/b c 1\n/m/a 0\n/m/d 2\n", "/m/b c,1\n/m/a,0\n/m/d,2\n",
        "id\tlabel\r\n1\t/m/b c\r\n0\t/m/a\r\n2\t/m/d\r\n", "/m/a\r\n/m/b c\r\n/m/d",
        "[\"/m/a\", \"/m/b c\", \"/m/d\"]", "{\"/m/b c\": 1, \"/m/a\": 0, \"/m/d\": 2}",
        "/m/a\n/m/b c\n/m/d\n"}) {
    CAPTURE(text);
    CHECK(read(text).names == expected);
    CHECK(read(gzip_member(text)).names == expected);
  }
}

TEST_CASE("The column of row numbers is the one that holds each number once", "[models]") {
  // WordNet's names are numbers too.
  CHECK(read("0\t08847694\n1\t00000002\n").names == Names{"08847694", "00000002"});
  CHECK(read("08847694\t1\n00000002\t0\n").names == Names{"00000002", "08847694"});
  // Both may be: the ending decides, and it is said.
  const NameMap both = read("1\t0\n0\t1\n", "entities.dict");
  CHECK(both.names == Names{"1", "0"});
  CHECK(both.findings.at(0).id == "two-number-columns");
}

TEST_CASE("Names are bytes: blanks, quotes, line ends and letters of any code stay", "[models]") {
  CHECK(read(" a \t0\n\"b\"\t1\n").names == Names{" a ", "\"b\""});
  CHECK(read("\xff\xfe\t0\nb\t1\n").names == Names{"\xff\xfe", "b"});
  CHECK(read("id\tlabel\n0\t\"a \"\"b\"\"\tc\nd\"\n1\tNA\n").names == Names{"a \"b\"\tc\nd", "NA"});
  CHECK(read(R"({" a\n": 0, "": 1})").names == Names{" a\n", ""});
  const NameMap nulls = read(R"([null, "a", null])");
  CHECK(nulls.names == Names{"", "a", ""});
  CHECK(nulls.findings.at(0).id == "names-null");
}

TEST_CASE("Row numbers with a gap or twice are refused with their line", "[models]") {
  for (const std::string text : {"a\t0\nb\t2\n", "a\t0\nb\t0\n", "a\t1\nb\t2\n"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(read(text), InputError);
  }
  CHECK_THROWS_AS(read(R"({"a": 0, "b": 2})"), InputError);
  CHECK_THROWS_AS(read("id\tlabel\n0\ta\n0\tb\n"), InputError);
  CHECK(read("4\na\t0\nb\t1\n").findings.at(0).id == "count-line");
}

TEST_CASE("A first line that may be the head of a list of names is named", "[models]") {
  const NameMap headed = read(" Name\r\n/m/a\r\n/m/b\r\n", "names.txt");
  CHECK(headed.names == Names{" Name", "/m/a", "/m/b"});
  REQUIRE(headed.findings.size() == 1);
  CHECK(headed.findings[0].id == "names-head");
  CHECK(headed.findings[0].text ==
        "the first line of names.txt is 'Name' and is taken as the name of the first row; if it is "
        "a head line, each name stands one row too low: take it out");
  CHECK(read("/m/a\nname\n").findings.empty());
  CHECK(read("name\t0\n/m/a\t1\n").findings.empty());
}

TEST_CASE("Names that end with a number of their own are whole lines, not a name and a row",
          "[models]") {
  const NameMap persons = read("Person 0\nPerson 1\nPerson 2\n", "names.txt");
  CHECK(persons.names == Names{"Person 0", "Person 1", "Person 2"});
  CHECK(persons.form == "names, one a line, in the order of rows");
  CHECK_FALSE(persons.numbered);
  CHECK(read("Smith, 1\nSmith, 0\n").names == Names{"Smith, 1", "Smith, 0"});
  CHECK(read("0 Main Street\n1 Main Street\n").names == Names{"0 Main Street", "1 Main Street"});
  // Numbers that leave rows out belong to the names, too.
  CHECK(read("Ward 3\nHall 7\n").names == Names{"Ward 3", "Hall 7"});
  // Different names before the numbers of the rows are a map, and a tab always separates.
  CHECK(read("Ward 1\nHall 0\n").names == Names{"Hall", "Ward"});
  CHECK(read("Person\t1\nPerson\t0\n").names == Names{"Person", "Person"});
}

TEST_CASE("A line that heads names and row numbers is no name", "[models]") {
  const Names expected = {"a", "b, c"};
  for (const std::string text :
       {"entity\tid\nb, c\t1\na\t0\n", "id,name\n1,b, c\n0,a\n", "Name,Index\na,0\nb, c,1\n",
        "index label\n0 a\n1 b, c\n", "id,name\n1,\"b, c\"\n0,\"a\"\n",
        ",name,born\n0,a,1900\n1,\"b, c\",1950\n", "\xef\xbb\xbfid\tname\n0\ta\n1\tb, c\n"}) {
    CAPTURE(text);
    CHECK(read(text).names == expected);
    CHECK(read(text).numbered);
  }
  // A column of names without row numbers is told from names with commas by the ending alone.
  CHECK(read("name,born\na,1900\nb,1950\n", "names.csv").names == Names{"a", "b"});
  CHECK(read("name,born\na,1900\n", "names.txt").names == Names{"name,born", "a,1900"});
  CHECK_THROWS_WITH(read("id,name\nQ1,a\nQ2,b\n", "names.csv"),
                    Contains("names.csv:2: 'Q1,a' below the head line 'id,name'"));
  CHECK_THROWS_WITH(read("id,name\n1,\"a\"\n2,b\n", "names.csv"), Contains("row number 2 for 'b'"));
}

TEST_CASE("JSON of row numbers and names is a map, and other texts are none", "[models]") {
  const NameMap map = read(R"({"1": "b", "0": "a \u00e9"})", "names.json");
  CHECK(map.names == Names{"a \xc3\xa9", "b"});
  CHECK(map.form == "a JSON object of row numbers and names");
  CHECK_THROWS_WITH(read(R"({"model": "TransE"})"), Contains("JSON of texts with the key 'model'"));
  CHECK_THROWS_AS(read(R"({"1": "a", "2": "b"})"), InputError);
  CHECK_THROWS_AS(read(R"({"0": "a", "dim": 2})"), InputError);
  CHECK_THROWS_AS(read(R"({"dim": 2, "0": "a"})"), InputError);
  CHECK_THROWS_AS(read(R"({"0": "a", "1": [1, 2]})"), InputError);
  CHECK_THROWS_AS(read("{}"), InputError);
}
