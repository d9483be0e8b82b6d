#include <array>
#include <vector>

#include "models/training/candidate_columns.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;

namespace {

std::vector<std::uint32_t> places(const CandidateColumns& columns, std::uint32_t entity) {
  std::vector<std::uint32_t> found;
  columns.find(entity, [&](std::uint32_t place) { found.push_back(place); });
  return found;
}

}  // namespace

TEST_CASE("An entity is found at all its places among the candidates and at no other", "[models]") {
  CandidateColumns columns;
  const std::array<std::uint32_t, 6> ids = {7, 3, 7, 0, 4'000'000'000, 7};
  columns.assign(ids);
  CHECK(places(columns, 7) == std::vector<std::uint32_t>{0, 2, 5});
  CHECK(places(columns, 3) == std::vector<std::uint32_t>{1});
  CHECK(places(columns, 0) == std::vector<std::uint32_t>{3});
  CHECK(places(columns, 4'000'000'000) == std::vector<std::uint32_t>{4});
  CHECK(places(columns, 5).empty());
}

// Random ids meet in the table, which ids that count up hardly do.
TEST_CASE("Every entity of many candidates is found where it stands", "[models]") {
  Rng rng(3, "candidate_columns");
  std::vector<std::uint32_t> ids;
  for (std::size_t c = 0; c < 1000; ++c) {
    ids.push_back(c % 5 == 4 ? ids[c / 2] : rng.below(4'000'000'000));
  }
  CandidateColumns columns;
  columns.assign(ids);
  for (const std::uint32_t entity : ids) {
    std::vector<std::uint32_t> expected;
    for (std::size_t c = 0; c < ids.size(); ++c) {
      if (ids[c] == entity) expected.push_back(static_cast<std::uint32_t>(c));
    }
    REQUIRE(places(columns, entity) == expected);
    REQUIRE(places(columns, entity + 1).empty());
  }
}

TEST_CASE("The candidates of the chunk before are forgotten", "[models]") {
  CandidateColumns columns;
  CHECK_NOTHROW(columns.assign({}));
  CHECK(places(columns, 1).empty());
  const std::array<std::uint32_t, 2> first = {1, 2};
  const std::array<std::uint32_t, 1> second = {3};
  columns.assign(first);
  columns.assign(second);
  CHECK(places(columns, 1).empty());
  CHECK(places(columns, 3) == std::vector<std::uint32_t>{0});
}
