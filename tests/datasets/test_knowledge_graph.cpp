#include <string>
#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/knowledge_graph.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;

namespace {

Triple triple(std::uint32_t h, std::uint32_t r, std::uint32_t t) {
  return {EntityId(h), RelationId(r), EntityId(t)};
}

std::vector<std::uint32_t> values_of(std::span<const EntityId> ids) {
  std::vector<std::uint32_t> result;
  for (const EntityId id : ids) result.push_back(id.value);
  return result;
}

std::vector<std::uint32_t> copy_of(std::span<const std::uint32_t> values) {
  return {values.begin(), values.end()};
}

using Ids = std::vector<std::uint32_t>;

/// Entities: 0 ann, 1 bob, 2 cy, 3 dee, 4 male, 5 female, 6 other, 7 poet, 8 nun.
/// Relations: 0 gender, 1 profession, 2 knows, 3 members (a profession's persons: inverse).
KnowledgeGraph people() {
  return {Vocabulary({"ann", "bob", "cy", "dee", "male", "female", "other", "poet", "nun"}),
          Vocabulary({"gender", "profession", "knows", "members"}),
          {triple(0, 0, 5), triple(1, 0, 4), triple(2, 0, 4), triple(2, 0, 4), triple(0, 1, 7),
           triple(0, 1, 8), triple(1, 1, 7), triple(7, 3, 2), triple(8, 3, 2), triple(0, 2, 1)},
          {triple(3, 0, 6)},
          {triple(1, 0, 5), triple(3, 1, 7)}};
}

}  // namespace

TEST_CASE("A vocabulary finds every name and nothing else", "[datasets]") {
  std::vector<std::string> names;
  for (int i = 0; i < 5000; ++i) names.push_back("name " + std::to_string(i * 7));
  const Vocabulary vocabulary(names);
  REQUIRE(vocabulary.size() == 5000);
  for (std::uint32_t id = 0; id < 5000; ++id) {
    REQUIRE(vocabulary.find(names[id]) == id);
    REQUIRE(vocabulary.name(id) == names[id]);
  }
  CHECK_FALSE(vocabulary.find("name 1").has_value());
  CHECK_FALSE(vocabulary.find("").has_value());
  CHECK_FALSE(Vocabulary().find("name 0").has_value());
  CHECK_THROWS_AS(vocabulary.name(5000), BrokenInvariant);
}

TEST_CASE("A vocabulary refuses empty and repeated names as our own bug", "[datasets]") {
  CHECK_THROWS_AS(Vocabulary({"a", ""}), BrokenInvariant);
  CHECK_THROWS_AS(Vocabulary({"a", "b", "a"}), BrokenInvariant);
}

TEST_CASE("A vocabulary's digest depends on the names, their borders and their order",
          "[datasets]") {
  const Digest digest = Vocabulary({"ab", "c"}).digest();
  CHECK(digest == Vocabulary({"ab", "c"}).digest());
  CHECK_FALSE(digest == Vocabulary({"a", "bc"}).digest());
  CHECK_FALSE(digest == Vocabulary({"c", "ab"}).digest());
  const Vocabulary original({"ab", "c"});
  const Vocabulary copy = original;
  CHECK(copy.digest() == digest);
  CHECK(copy.find("c") == 1U);
}

TEST_CASE("A graph's digest depends on every triple and its place", "[datasets]") {
  const auto graph = [](std::vector<Triple> train, std::vector<Triple> test) {
    return KnowledgeGraph(Vocabulary({"a", "b"}), Vocabulary({"r"}), std::move(train), {},
                          std::move(test))
        .digest();
  };
  const Digest digest = graph({triple(0, 0, 1), triple(1, 0, 0)}, {});
  CHECK(digest == graph({triple(0, 0, 1), triple(1, 0, 0)}, {}));
  CHECK_FALSE(digest == graph({triple(1, 0, 0), triple(0, 0, 1)}, {}));
  CHECK_FALSE(digest == graph({triple(0, 0, 1)}, {triple(1, 0, 0)}));
}

TEST_CASE("A graph refuses ids outside its vocabularies as our own bug", "[datasets]") {
  const auto graph = [](Triple t) {
    return KnowledgeGraph(Vocabulary({"a", "b"}), Vocabulary({"r"}), {t}, {}, {});
  };
  CHECK_NOTHROW(graph(triple(1, 0, 1)));
  CHECK_THROWS_AS(graph(triple(2, 0, 1)), BrokenInvariant);
  CHECK_THROWS_AS(graph(triple(0, 1, 1)), BrokenInvariant);
  CHECK_THROWS_AS(graph(triple(0, 0, 2)), BrokenInvariant);
}

TEST_CASE("Known triples are answered ascending, once, from all lists and both sides",
          "[datasets]") {
  const std::vector<Triple> one{triple(0, 0, 3), triple(0, 0, 1), triple(2, 1, 3)};
  const std::vector<Triple> two{triple(0, 0, 1), triple(1, 0, 3), triple(0, 0, 2)};
  const KnownTriples known(4, 3, {one, two});
  CHECK(values_of(known.tails(EntityId(0), RelationId(0))) == Ids{1, 2, 3});
  CHECK(values_of(known.tails(EntityId(1), RelationId(0))) == Ids{3});
  CHECK(values_of(known.tails(EntityId(0), RelationId(1))).empty());
  CHECK(values_of(known.tails(EntityId(0), RelationId(2))).empty());
  CHECK(values_of(known.heads(RelationId(0), EntityId(3))) == Ids{0, 1});
  CHECK(values_of(known.heads(RelationId(1), EntityId(3))) == Ids{2});
  CHECK(known.contains(triple(2, 1, 3)));
  CHECK_FALSE(known.contains(triple(3, 1, 2)));
  CHECK(KnownTriples().tails(EntityId(0), RelationId(0)).empty());
}

TEST_CASE("An attribute counts distinct persons, most frequent value first", "[datasets]") {
  const KnowledgeGraph graph = people();
  const PersonAttribute gender({"gender", RelationId(0), false}, graph);
  CHECK(values_of(gender.values()) == Ids{4, 5, 6});
  CHECK(copy_of(gender.train_counts()) == Ids{2, 1, 0});
  CHECK(gender.value_index(EntityId(5)) == 1U);
  CHECK_FALSE(gender.value_index(EntityId(7)).has_value());
  CHECK(copy_of(gender.train_values(EntityId(1))) == Ids{0});
  CHECK(copy_of(gender.all_values(EntityId(1))) == Ids{0, 1});
  CHECK(gender.train_values(EntityId(3)).empty());
  CHECK(copy_of(gender.all_values(EntityId(3))) == Ids{2});
  CHECK(values_of(gender.train_persons()) == Ids{0, 1, 2});
}

TEST_CASE("An inverse attribute finds its persons at the tails", "[datasets]") {
  const KnowledgeGraph graph = people();
  const PersonAttribute members({"members", RelationId(3), true}, graph);
  CHECK(values_of(members.values()) == Ids{7, 8});
  CHECK(values_of(members.train_persons()) == Ids{2});
  CHECK(copy_of(members.train_values(EntityId(2))) == Ids{0, 1});
}

TEST_CASE("The attribute table knows every person of any attribute", "[datasets]") {
  const KnowledgeGraph graph = people();
  const AttributeTable table(graph, {{"gender", RelationId(0), false}},
                             PersonRelation{"profession", RelationId(1), false});
  CHECK(values_of(table.persons()) == Ids{0, 1, 2});
  CHECK(table.is_person(EntityId(2)));
  CHECK_FALSE(table.is_person(EntityId(3)));
  CHECK(table.find("gender") == table.sensitive().data());
  CHECK(table.find("profession") == nullptr);
  CHECK(table.sensitive_index(RelationId(0)) == std::size_t{0});
  CHECK_FALSE(table.sensitive_index(RelationId(1)).has_value());
  CHECK_FALSE(AttributeTable().is_person(EntityId(0)));
}

TEST_CASE("A whitelist sets the bit of every attribute that may be used", "[datasets]") {
  Whitelist whitelist;
  whitelist.entries.resize(2);
  whitelist.entries[0].relations = {RelationId(2), RelationId(3)};
  whitelist.entries[1].relations = {RelationId(3)};
  whitelist.entries[1].inverse_relations = {RelationId(4)};
  whitelist.entries[1].professions = {EntityId(8)};
  CHECK(whitelist.allowed(RelationId(4)) == 0b10);
  CHECK(whitelist.allowed(RelationId(1)) == 0b00);
  CHECK(whitelist.allowed(RelationId(2)) == 0b01);
  CHECK(whitelist.allowed(RelationId(3)) == 0b11);
  CHECK(whitelist.allowed_profession(EntityId(8)) == 0b10);
  CHECK(whitelist.allowed_profession(EntityId(7)) == 0b00);
}
