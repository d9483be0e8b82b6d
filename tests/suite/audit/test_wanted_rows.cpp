#include "suite/audit/wanted_rows.hpp"

#include <fmt/format.h>

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

datasets::PeopleTable people_of(const std::string& text) {
  const tests::TemporaryDirectory folder;
  tests::write_file(folder / "people.csv", text);
  return datasets::read_people(folder / "people.csv");
}

TEST_CASE("The rows of people and of their values are wanted, and others are counted",
          "[run][audit]") {
  const datasets::PeopleTable people =
      people_of("name,gender\nAda Lovelace,female\nBob,male\nCleo,female\n");
  WantedRows rows(people, {});
  CHECK_FALSE(rows.add("table"));
  CHECK(rows.add("<http://example.org/Ada_Lovelace>"));
  CHECK(rows.add("female"));
  CHECK_FALSE(rows.add("Female"));
  CHECK_FALSE(rows.add("chair"));
  CHECK(rows.add("Bob"));
  CHECK_FALSE(rows.add("cleo"));
  CHECK(rows.seen() == 7);
  CHECK(rows.kept() == std::vector<std::uint64_t>{1, 2, 5});

  const datasets::NameMatches matches = rows.matches();
  CHECK(matches.rows == 7);
  REQUIRE(matches.row_of.size() == 3);
  CHECK(matches.row_of[0] == 0U);  // its place among the kept rows
  CHECK(matches.row_of[1] == 2U);
  CHECK_FALSE(matches.row_of[2]);
  CHECK(matches.missing == std::vector<std::uint32_t>{2});
  CHECK(matches.missing_by_case == 1);
}

TEST_CASE("The rows of a graph's entities are wanted too, and each is matched by its own names",
          "[run][audit]") {
  const datasets::PeopleTable people = people_of("name,gender\nAda,female\n");
  const std::vector<std::string> entities = {"p1", "p2", "Ada"};
  WantedRows rows(people, {}, entities);
  CHECK_FALSE(rows.add("table"));
  CHECK(rows.add("<http://x.org/p2>"));
  CHECK(rows.add("Ada"));
  CHECK_FALSE(rows.add("chair"));
  CHECK(rows.add("p1"));
  const datasets::NameMatches of_graph = rows.entity_matches();
  CHECK(of_graph.rows == 5);
  REQUIRE(of_graph.row_of.size() == 3);
  CHECK(of_graph.row_of[0] == 2U);
  CHECK(of_graph.row_of[1] == 0U);
  CHECK(of_graph.row_of[2] == 1U);
  const datasets::NameMatches of_people = rows.matches();
  REQUIRE(of_people.row_of.size() == 1);
  CHECK(of_people.row_of[0] == 1U);
}

TEST_CASE("A name that several rows bear stays ambiguous, by their places among the kept",
          "[run][audit]") {
  const datasets::PeopleTable people = people_of("name,gender\nAda,female\n");
  WantedRows rows(people, {});
  CHECK_FALSE(rows.add("x"));
  CHECK(rows.add("Ada"));
  CHECK_FALSE(rows.add("y"));
  CHECK(rows.add("Ada"));
  const datasets::NameMatches matches = rows.matches();
  REQUIRE(matches.ambiguous.size() == 1);
  CHECK(matches.ambiguous[0].rows == std::vector<std::uint32_t>{0, 1});
}

}  // namespace
}  // namespace kgaudit::run
