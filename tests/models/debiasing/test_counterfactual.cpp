#include "models/debiasing/counterfactual.hpp"

#include <map>
#include <set>

#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::PersonAttribute;
using datasets::Triple;

namespace {

std::vector<Triple> train_of(const datasets::Dataset& data) {
  return {data.graph.train().begin(), data.graph.train().end()};
}

}  // namespace

// toy_people: Bob and Cy are men, Ann is a woman, Dee is both and Eve unknown. Ann is a nun, Bob a
// king, Cy a poet: nobody of the other gender shares a profession.
TEST_CASE("Counterparts have the other value, and only those have one who have just one value",
          "[models][swap]") {
  const datasets::Dataset data = toy_people();
  const PersonAttribute& gender = data.attributes.sensitive()[0];
  std::set<std::uint32_t> of_ann;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto found = counterparts(data.attributes, gender, Rng(seed, "test"));
    CHECK(found[kBob] == EntityId(kAnn));
    CHECK(found[kCy] == EntityId(kAnn));
    REQUIRE(found[kAnn]);
    of_ann.insert(found[kAnn]->value);
    for (std::size_t e = kDee; e < found.size(); ++e) CHECK_FALSE(found[e]);
    CHECK(found == counterparts(data.attributes, gender, Rng(seed, "test")));
  }
  CHECK(of_ann == std::set<std::uint32_t>{kBob, kCy});
}

TEST_CASE("A counterpart shares a profession wherever somebody does", "[models][swap]") {
  const datasets::Dataset data = toy_town(400);
  const PersonAttribute& gender = data.attributes.sensitive()[0];
  const PersonAttribute& profession = *data.attributes.profession();
  const auto found = counterparts(data.attributes, gender, Rng(1, "test"));
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> size;  // (profession, gender)
  for (const EntityId p : gender.train_persons()) {
    ++size[{profession.train_values(p)[0], gender.train_values(p)[0]}];
  }
  std::set<std::uint32_t> drawn;
  for (const EntityId p : gender.train_persons()) {
    REQUIRE(found[p.index()]);
    const EntityId other = *found[p.index()];
    CHECK(gender.train_values(other)[0] != gender.train_values(p)[0]);
    const std::uint32_t o = profession.train_values(p)[0];
    if (size[{o, 1 - gender.train_values(p)[0]}] > 0) {
      CHECK(profession.train_values(other)[0] == o);
    }
    drawn.insert(other.value);
  }
  CHECK(drawn.size() > 50);
}

TEST_CASE("Nobody has a counterpart while all have one value", "[models][swap]") {
  const datasets::Dataset data = toy_people();
  const datasets::KnowledgeGraph graph(data.graph.entities(), data.graph.relations(),
                                       {triple(kAnn, kGender, kFemale)}, {}, {});
  const datasets::AttributeTable attributes(graph, {{"gender", RelationId(kGender), false}},
                                            std::nullopt);
  CHECK(counterparts(attributes, attributes.sensitive()[0], Rng(1, "test")).empty());
}

TEST_CASE("Each fact is copied for the counterpart, behind the facts themselves",
          "[models][swap]") {
  // Gender is stated by kGender and told by kVoice; Ann and Bob stand in for each other, Bob for
  // Cy.
  const datasets::Dataset data = toy_people();
  const PersonAttribute gender({"gender", RelationId(kGender), false, {}, {{RelationId(kVoice)}}},
                               data.graph);
  const std::vector<std::optional<EntityId>> counterpart = {EntityId(kBob), EntityId(kAnn),
                                                            EntityId(kAnn)};
  const std::vector<Triple> facts = {
      triple(kAnn, kGender, kFemale),   // states gender
      triple(kAnn, kVoice, kAlto),      // a proxy
      triple(kAnn, kProfession, kNun),  //
      triple(kNorse, kPeople, kCy),     // the person is the tail
      triple(kEve, kBornIn, kTown),     // nobody stands in for Eve
      triple(kAnn, kKnows, kCy),        // two persons: two copies
      triple(kAnn, kKnows, kBob)};      // each copy would join a person with herself
  std::vector<Triple> wanted = facts;
  wanted.push_back(triple(kBob, kProfession, kNun));
  wanted.push_back(triple(kNorse, kPeople, kAnn));
  wanted.push_back(triple(kBob, kKnows, kCy));
  CHECK(with_counterfactuals(facts, gender, counterpart) == wanted);
  CHECK(with_counterfactuals(facts, gender, {}) == facts);
}

TEST_CASE("Taking an attribute out takes all that states it and its proxies",
          "[models][degender]") {
  const datasets::Dataset data = toy_people();
  const PersonAttribute gender({"gender",
                                RelationId(kGender),
                                false,
                                {{RelationId(kBornIn), true}},
                                {{RelationId(kVoice), false}}},
                               data.graph);
  std::vector<Triple> wanted;
  for (const Triple& t : data.graph.train()) {
    const std::uint32_t r = t.relation.value;
    if (r != kGender && r != kBornIn && r != kVoice) wanted.push_back(t);
  }
  REQUIRE(wanted.size() == 12);
  CHECK(without_attribute(train_of(data), gender) == wanted);
}
