#include <vector>

#include "datasets/leaks.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;

namespace leaks_tests {
namespace {

Triple triple(std::uint32_t h, std::uint32_t r, std::uint32_t t) {
  return {EntityId(h), RelationId(r), EntityId(t)};
}

enum : std::uint32_t { kParent, kChild, kFather, kSpouse, kLives, kRelations };

/// Child is the inverse of parent for 4 of 5 pairs; father repeats two of parent's pairs; spouse is
/// symmetric; lives has nothing to do with them.
std::vector<Triple> family() {
  std::vector<Triple> triples;
  for (std::uint32_t i = 0; i < 5; ++i) triples.push_back(triple(i, kParent, i + 10));
  for (std::uint32_t i = 0; i < 4; ++i) triples.push_back(triple(i + 10, kChild, i));
  triples.push_back(triple(0, kFather, 10));
  triples.push_back(triple(1, kFather, 11));
  triples.push_back(triple(0, kSpouse, 5));
  triples.push_back(triple(5, kSpouse, 0));
  triples.push_back(triple(3, kLives, 20));
  triples.push_back(triple(20, kLives, 20));
  return triples;
}

}  // namespace

TEST_CASE("Relations that repeat each other are found with their shares", "[datasets][leaks]") {
  const auto overlaps = overlapping_relations(family(), kRelations, 0.8);
  REQUIRE(overlaps.size() == 4);
  CHECK(overlaps[0].a == RelationId(kChild));
  CHECK(overlaps[0].b == RelationId(kParent));
  CHECK(overlaps[0].inverse);
  CHECK(overlaps[0].shared == 4);
  CHECK(overlaps[0].share_of_a == 1.0);
  CHECK(overlaps[0].share_of_b == tests::near(0.8));
  // Two triples each: by the smaller id first, father against child before father against parent.
  std::size_t duplicates = 0;
  std::size_t symmetric = 0;
  for (const RelationOverlap& o : overlaps) {
    if (!o.inverse) {
      ++duplicates;
      CHECK(o.a == RelationId(kFather));
      CHECK(o.b == RelationId(kParent));
      CHECK(o.share_of_b == tests::near(0.4));
    }
    if (o.a == o.b) {
      ++symmetric;
      CHECK(o.a == RelationId(kSpouse));
      CHECK(o.shared == 2);
    }
  }
  CHECK(duplicates == 1);
  CHECK(symmetric == 1);
}

TEST_CASE("Copies and order of the triples change no overlap", "[datasets][leaks]") {
  std::vector<Triple> triples = family();
  const auto before = overlapping_relations(triples, kRelations, 0.8);
  const std::vector<Triple> again(triples.rbegin(), triples.rend());
  triples.insert(triples.begin(), again.begin(), again.end());
  const auto after = overlapping_relations(triples, kRelations, 0.8);
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK(after[i].a == before[i].a);
    CHECK(after[i].b == before[i].b);
    CHECK(after[i].shared == before[i].shared);
  }
}

TEST_CASE("Relations below the threshold do not count", "[datasets][leaks]") {
  std::vector<Triple> triples;
  for (std::uint32_t i = 0; i < 4; ++i) triples.push_back(triple(i, 0, i + 10));
  for (std::uint32_t i = 0; i < 4; ++i) triples.push_back(triple(i + 10 + i % 2, 1, i));
  CHECK(overlapping_relations(triples, 2, 0.8).empty());
  CHECK(overlapping_relations(triples, 2, 0.5).size() == 1);
  CHECK(overlapping_relations({}, 2, 0.5).empty());
  CHECK_THROWS_AS(overlapping_relations(triples, 2, 0.0), BrokenInvariant);
  CHECK_THROWS_AS(overlapping_relations(triples, 1, 0.5), BrokenInvariant);
}

TEST_CASE("A test triple leaks when train has its counterpart", "[datasets][leaks]") {
  const auto overlaps = overlapping_relations(family(), kRelations, 0.8);
  const Counterparts counterparts(overlaps, kRelations);
  CHECK(counterparts.of(triple(20, kLives, 20)).empty());
  CHECK(counterparts.of(triple(7, kSpouse, 7)).empty());  // its own inverse
  const std::vector<Triple> train{triple(7, kParent, 8), triple(3, kLives, 20)};
  const std::vector<Triple> asked{triple(8, kChild, 7), triple(7, kFather, 8), triple(7, kChild, 8),
                                  triple(20, kLives, 3)};
  CHECK(leaking_triples(asked, train, counterparts) == 2);
  CHECK(leaking_triples(asked, {}, counterparts) == 0);
}

}  // namespace leaks_tests
