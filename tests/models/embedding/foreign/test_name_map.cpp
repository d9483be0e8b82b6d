#include <string>

#include "models/embedding/foreign/name_map.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/packed_bytes.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
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

  ForeignEmbedding embedding;
  embedding.entities.shape = {2, 2};
  CHECK_FALSE(attach_entity_names(embedding, {"entity", "a", "b"}, "names.txt"));
  REQUIRE(embedding.finding("names-and-rows") != nullptr);
  CHECK_THAT(embedding.finding("names-and-rows")->text,
             Catch::Matchers::EndsWith("; the first, 'entity', may be a head line: take it out"));
  ForeignEmbedding other;
  other.entities.shape = {1, 2};
  CHECK_FALSE(attach_entity_names(other, {"entity", "a", "b"}, "names.txt"));
  CHECK_THAT(other.finding("names-and-rows")->text, Catch::Matchers::EndsWith("none is paired"));
}

TEST_CASE("Names and rows of different counts are a finding and stay apart", "[models]") {
  ForeignEmbedding embedding;
  embedding.entities.shape = {3, 2};
  CHECK_FALSE(attach_entity_names(embedding, {"a", "b"}, "names.txt"));
  CHECK(embedding.entity_names.empty());
  REQUIRE(embedding.finding("names-and-rows") != nullptr);
  CHECK(attach_entity_names(embedding, {"a", "b", "b"}, "names.txt"));
  CHECK(embedding.entity_names.size() == 3);
  CHECK(embedding.finding("names-repeated") != nullptr);
}
