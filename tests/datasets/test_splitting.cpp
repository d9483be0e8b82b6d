#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "datasets/load_dataset.hpp"
#include "datasets/splitting.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;
using namespace kgaudit::tests;
using Catch::Matchers::Contains;

namespace splitting_tests {
namespace {

Triple triple(std::uint32_t h, std::uint32_t r, std::uint32_t t) {
  return {EntityId(h), RelationId(r), EntityId(t)};
}

constexpr std::uint32_t kPeople = 60;
constexpr std::size_t kEntities = kPeople + 4;
enum : std::uint32_t { kParent, kChild, kKnows, kLives, kOnce, kRelations };

/// Everybody is the parent and the child of others, said from both sides; acquaintances; four
/// towns; one relation that occurs once.
std::vector<Triple> people() {
  std::vector<Triple> triples;
  for (std::uint32_t i = 0; i < kPeople; ++i) {
    triples.push_back(triple(i, kParent, (i + 1) % kPeople));
    triples.push_back(triple((i + 1) % kPeople, kChild, i));
    triples.push_back(triple(i, kKnows, (i * 7 + 3) % kPeople));
    triples.push_back(triple(i, kKnows, (i * 11 + 5) % kPeople));
    triples.push_back(triple(i, kLives, kPeople + i % 4));
  }
  triples.push_back(triple(0, kOnce, 1));
  return triples;
}

Split split(const std::vector<Triple>& triples, const SplitOptions& options = {}) {
  return split_triples(triples, kEntities, kRelations, options);
}

SplitOptions with(LeakRule leaks) {
  SplitOptions options;
  options.leaks = leaks;
  return options;
}

void check_coverage(const Split& s) {
  std::set<EntityId> entities;
  std::set<RelationId> relations;
  for (const Triple& t : s.train) {
    entities.insert({t.head, t.tail});
    relations.insert(t.relation);
  }
  for (const auto* list : {&s.valid, &s.test}) {
    for (const Triple& t : *list) {
      CHECK(entities.contains(t.head));
      CHECK(entities.contains(t.tail));
      CHECK(relations.contains(t.relation));
    }
  }
}

}  // namespace

TEST_CASE("A split has the shares, every triple once and all names in train", "[datasets][split]") {
  const std::vector<Triple> triples = people();
  for (const LeakRule rule : {LeakRule::kTogether, LeakRule::kIgnore}) {
    const Split s = split(triples, with(rule));
    CHECK(s.test_wanted == 30);
    CHECK(s.test.size() == 30);
    CHECK(s.valid.size() == 30);
    std::vector<Triple> all = s.train;
    all.insert(all.end(), s.valid.begin(), s.valid.end());
    all.insert(all.end(), s.test.begin(), s.test.end());
    std::vector<Triple> sorted = triples;
    std::ranges::sort(sorted);
    std::ranges::sort(all);
    CHECK(all == sorted);
    check_coverage(s);
    CHECK(std::ranges::count(s.train, RelationId(kOnce), &Triple::relation) == 1);
  }
}

TEST_CASE("Lists keep the order of the file", "[datasets][split]") {
  const std::vector<Triple> triples = people();
  const Split s = split(triples);
  for (const auto* list : {&s.train, &s.valid, &s.test}) {
    auto at = triples.begin();
    for (const Triple& t : *list) {
      at = std::find(at, triples.end(), t);
      REQUIRE(at != triples.end());
    }
  }
}

TEST_CASE("The same seed gives the same split, another seed another", "[datasets][split]") {
  SplitOptions options;
  const Split one = split(people(), options);
  CHECK(split(people(), options).test == one.test);
  options.seed = 1;
  CHECK_FALSE(split(people(), options).test == one.test);
}

TEST_CASE("Copies are left out, whatever their number", "[datasets][split]") {
  std::vector<Triple> triples = people();
  const Split once = split(triples);
  triples.insert(triples.end(), triples.begin(), triples.begin() + 40);
  const Split twice = split(triples);
  CHECK(twice.copies == 40);
  CHECK(twice.train == once.train);
  CHECK(twice.test == once.test);
}

TEST_CASE("Facts that are told twice leak, unless they stay together or one of them goes",
          "[datasets][split]") {
  const Split ignored = split(people(), with(LeakRule::kIgnore));
  REQUIRE_FALSE(ignored.overlaps.empty());
  CHECK(ignored.overlaps[0].inverse);
  CHECK(ignored.overlaps[0].shared == kPeople);
  CHECK(ignored.leaking_test > 0);

  const Split together = split(people(), with(LeakRule::kTogether));
  CHECK(together.leaking_test == 0);
  CHECK(together.leaking_valid == 0);
  CHECK(together.dropped == 0);
  // Both ways of telling a fact are in one list.
  for (const Triple& t : together.test) {
    if (t.relation != RelationId(kChild)) continue;
    CHECK(std::ranges::find(together.test, Triple{t.tail, RelationId(kParent), t.head}) !=
          together.test.end());
  }

  const Split dropped = split(people(), with(LeakRule::kDrop));
  CHECK(dropped.leaking_test == 0);
  CHECK(dropped.dropped >= kPeople);
  const std::size_t children = static_cast<std::size_t>(
      std::ranges::count(dropped.train, RelationId(kChild), &Triple::relation));
  CHECK(children == 0);  // parent comes first of two relations of equal size
  check_coverage(dropped);
}

TEST_CASE("Triples that cannot leave train are too few for a split", "[datasets][split]") {
  const std::vector<Triple> chain{triple(0, 0, 1), triple(2, 1, 3), triple(4, 2, 5)};
  SplitOptions options;
  options.test_share = options.valid_share = 0.4;
  CHECK_THROWS_WITH(split_triples(chain, 6, 3, options, "facts.tsv"),
                    Contains("facts.tsv: no triple for test"));
}

TEST_CASE("A written split is a graph that loads, with its rule beside it", "[datasets][split]") {
  const TemporaryDirectory place;
  std::string text;
  for (const Triple& t : people()) {
    text += "r" + std::to_string(t.relation.value) + "\te" + std::to_string(t.head.value) + "\te" +
            std::to_string(t.tail.value) + "\n";
  }
  write_file(place / "facts.tsv", text);
  const TripleFile file = load_triple_file(place / "facts.tsv", ColumnOrder::kRelationHeadTail);
  const SplitOptions options;
  const Split s = split_triples(file.triples, file.entities.size(), file.relations.size(), options);
  write_split(place / "graph", file, s, options);
  const Dataset data = load_dataset(dataset_at(place / "graph"));
  CHECK(data.graph.train().size() == s.train.size());
  CHECK(data.graph.test().size() == s.test.size());
  CHECK(data.graph.entity_count() == kEntities);
  for (const IntegrityFinding& finding : data.integrity.findings) {
    CHECK(finding.id != "unseen_entities");
    CHECK(finding.id != "shared_triples");
  }
  const auto json = nlohmann::json::parse(read_file(place / "graph" / "split.json"));
  CHECK(json["source"]["sha256"] == sha256(text).hex());
  CHECK(json["test"] == s.test.size());
  CHECK(json["leaking_test"] == 0);
  CHECK_THAT(json["rule"].get<std::string>(), Contains("seed 0"));
  CHECK_THROWS_WITH(write_split(place / "graph", file, s, options),
                    Contains("something is there already"));
}

TEST_CASE("The parameters of a split say what the options hold", "[datasets][split]") {
  Parameters parameters(split_parameters());
  const SplitOptions usual = split_options(parameters);
  CHECK(usual.leaks == LeakRule::kTogether);
  CHECK(usual.test_share == SplitOptions{}.test_share);
  CHECK(usual.overlap == SplitOptions{}.overlap);
  CHECK(column_order(parameters) == ColumnOrder::kHeadRelationTail);
  for (const LeakRule rule : {LeakRule::kTogether, LeakRule::kDrop, LeakRule::kIgnore}) {
    parameters.set("leaks", to_text(rule), "test");
    CHECK(split_options(parameters).leaks == rule);
  }
  parameters.set("columns", std::string_view("relation-head-tail"), "test");
  CHECK(column_order(parameters) == ColumnOrder::kRelationHeadTail);
  CHECK_THROWS_AS(parameters.set("test", 0.5, "test"), InputError);
}

}  // namespace splitting_tests
