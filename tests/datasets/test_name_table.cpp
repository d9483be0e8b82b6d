#include "datasets/name_table.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;

TEST_CASE("Names get ids in order of first appearance", "[datasets]") {
  NameTable names;
  CHECK_FALSE(names.find("ann"));
  CHECK(names.id("ann") == 0);
  CHECK(names.id("bob") == 1);
  CHECK(names.id("ann") == 0);
  CHECK(names.find("bob") == 1U);
  CHECK(names.size() == 2);
  CHECK(names.take() == std::vector<std::string>{"ann", "bob"});
  CHECK(names.size() == 0);
  CHECK_FALSE(names.find("ann"));
  CHECK(names.id("cy") == 0);
}

TEST_CASE("A name table finds all of many names", "[datasets]") {
  constexpr std::uint32_t kMany = 10'000;
  NameTable grown;
  std::vector<std::string> list;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    list.push_back(std::to_string(i));
    REQUIRE(grown.id(list.back()) == i);
  }
  const NameTable made(list);
  CHECK(grown.names() == list);
  bool all = true;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    all = all && grown.find(list[i]) == i && made.find(list[i]) == i;
  }
  CHECK(all);
  CHECK_FALSE(made.find("none"));
}

TEST_CASE("A name given twice to a table is our mistake", "[datasets]") {
  CHECK_THROWS_WITH(NameTable({"a", "b", "a"}),
                    Catch::Contains("ids 0 and 2 have the same name 'a'"));
}
