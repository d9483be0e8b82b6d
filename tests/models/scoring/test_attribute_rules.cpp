#include "models/scoring/attribute_rules.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::StatingRelation;

TEST_CASE("Every relation that states the profession asks for whitelisted professions",
          "[models][kl+attr]") {
  datasets::Dataset data = toy_people();
  datasets::PersonRelation profession = data.attributes.profession()->source();
  const AttributeRules one(data.attributes, data.whitelist, kToyRelations);
  CHECK_FALSE(one.asks_for_profession(kKnows, AskedSide::kHead));

  // The same professions, stated from the profession's side as well.
  profession.also = {StatingRelation{RelationId(kKnows), true}};
  std::vector<datasets::PersonRelation> sensitive;
  for (const auto& a : data.attributes.sensitive()) sensitive.push_back(a.source());
  data.attributes = datasets::AttributeTable(data.graph, sensitive, profession);
  const AttributeRules both(data.attributes, data.whitelist, kToyRelations);
  CHECK(both.person_is_tail(kKnows));
  CHECK(both.asks_for_profession(kKnows, AskedSide::kHead));
  CHECK_FALSE(both.asks_for_profession(kKnows, AskedSide::kTail));
  CHECK(both.asks_for_profession(kProfession, AskedSide::kTail));
  // (king, knows, ?): the king is the known profession, so its permissions hold for all candidates.
  const AttributeSets sets = both.sets_for(kKnows, AskedSide::kTail, EntityId(kKing));
  CHECK(sets.known == 0U);
  CHECK(sets.candidate == both.of_profession(EntityId(kKing)));
  CHECK(sets.candidate != 0U);
  // Nothing else changes.
  for (std::uint32_t r = 0; r < kToyRelations; ++r) {
    if (r == kKnows) continue;
    CHECK(both.person_is_tail(r) == one.person_is_tail(r));
    for (const AskedSide side : {AskedSide::kTail, AskedSide::kHead}) {
      CHECK(both.asks_for_profession(r, side) == one.asks_for_profession(r, side));
      CHECK(both.sets_for(r, side, EntityId(kAnn)).known ==
            one.sets_for(r, side, EntityId(kAnn)).known);
    }
  }
}

TEST_CASE("The person stands where each relation of an attribute says", "[models][kl+attr]") {
  datasets::Dataset data = toy_people();
  data.attributes = datasets::AttributeTable(
      data.graph, {{"gender", RelationId(kGender), false, {{RelationId(kKnows), true}}, {}}},
      std::nullopt);
  const AttributeRules rules(data.attributes, {}, kToyRelations);
  CHECK_FALSE(rules.person_is_tail(kGender));
  CHECK(rules.person_is_tail(kKnows));
  CHECK_FALSE(rules.person_is_tail(kToyRelations));  // the twin is that of the first
}
