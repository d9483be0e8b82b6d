#include "suite/run/raw_columns.hpp"

#include <cstdint>
#include <variant>
#include <vector>

#include "tests/test_support.hpp"

namespace kgaudit::run {
namespace {

TEST_CASE("Rank counts become one column for each side, filter and count", "[run][raw]") {
  metrics::RankTable ranks;
  ranks.triples.resize(2);
  ranks.filtered_head = {{1, 2, 9}, {0, 1, 8}};
  ranks.filtered_tail = ranks.raw_head = ranks.raw_tail = ranks.filtered_head;
  const std::vector<std::uint32_t> places = {3, 8};
  const auto columns = rank_columns(ranks, places);
  REQUIRE(columns.size() == 12);
  CHECK(columns[0].name == "rank.filtered.head.better");
  CHECK(columns[0].ids == places);
  CHECK(std::get<std::vector<std::uint32_t>>(columns[2].values) ==
        std::vector<std::uint32_t>{9, 8});
}

}  // namespace
}  // namespace kgaudit::run
