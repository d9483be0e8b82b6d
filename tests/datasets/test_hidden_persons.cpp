#include "datasets/hidden_persons.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;

namespace {

using Labels = std::vector<std::uint32_t>;

constexpr std::uint32_t kPersons = 100;
constexpr std::uint32_t kValues = 4;  // after the persons
constexpr RelationId kGender(0);
constexpr RelationId kWork(1);
constexpr RelationId kMembers(2);  // the same as gender, told from the value's side

/// Person p has value `labels[p]`. Nine of ten state it in train, one in valid alone; every tenth
/// repeats it in valid and every twentieth in test. All but the last have a profession.
Dataset people(const std::vector<std::uint32_t>& labels, bool inverse = false) {
  std::vector<std::string> names;
  for (std::uint32_t e = 0; e < kPersons + kValues + 1; ++e)
    names.push_back("e" + std::to_string(e));
  std::array<std::vector<Triple>, 3> lists;
  const auto tell = [&](std::size_t list, std::uint32_t person) {
    const EntityId p(person);
    const EntityId value(kPersons + labels[person]);
    lists[list].push_back(inverse ? Triple{value, kMembers, p} : Triple{p, kGender, value});
  };
  for (std::uint32_t p = 0; p < kPersons; ++p) {
    if (p % 10 != 9) tell(0, p);
    if (p % 10 >= 8) tell(1, p);
    if (p % 20 == 3) tell(2, p);
    if (p + 1 < kPersons) lists[0].push_back({EntityId(p), kWork, EntityId(kPersons + kValues)});
  }
  Dataset data;
  data.graph = KnowledgeGraph(Vocabulary(names), Vocabulary({"gender", "work", "members"}),
                              lists[0], lists[1], lists[2]);
  data.attributes = AttributeTable(data.graph, {{"gender", inverse ? kMembers : kGender, inverse}},
                                   PersonRelation{"profession", kWork, false});
  return data;
}

/// 60 of value 0, 25 of value 1, 14 of value 2, one of value 3.
std::vector<std::uint32_t> four_values() {
  std::vector<std::uint32_t> labels(kPersons);
  for (std::uint32_t p = 0; p < kPersons; ++p) {
    labels[p] = p == 0 ? 3 : p % 20 < 12 ? 0 : p % 20 < 17 ? 1 : 2;
  }
  return labels;
}

std::vector<std::uint32_t> list_of(std::span<const std::uint32_t> values) {
  return {values.begin(), values.end()};
}
std::vector<Triple> list_of(std::span<const Triple> triples) {
  return {triples.begin(), triples.end()};
}

}  // namespace

TEST_CASE("A share of every value's persons is hidden, and each value keeps somebody",
          "[datasets]") {
  const Dataset data = people(four_values());
  const PersonAttribute& gender = data.attributes.sensitive()[0];
  const std::vector<EntityId> drawn = drawn_persons(data, 0.2, 5).at(0);
  CHECK(std::ranges::is_sorted(drawn));
  std::vector<double> hidden(kValues, 0.0);
  for (const EntityId p : drawn) {
    REQUIRE(gender.train_values(p).size() == 1);
    hidden[gender.train_values(p)[0]] += 1.0;
  }
  for (std::size_t v = 0; v < kValues; ++v) {
    CAPTURE(v);
    CHECK(std::abs(hidden[v] - 0.2 * gender.train_counts()[v]) < 1.0);
  }
  CHECK(hidden[3] == 0.0);
  CHECK(drawn == drawn_persons(data, 0.2, 5).at(0));
  CHECK(drawn != drawn_persons(data, 0.2, 6).at(0));
  // Even a large share leaves one person of each value.
  const Dataset most = with_hidden_persons(data, 0.99, 1);
  const auto counts = most.attributes.sensitive()[0].train_counts();
  REQUIRE(counts.size() == kValues);
  CHECK(std::ranges::all_of(counts, [](std::uint32_t c) { return c >= 1; }));
}

TEST_CASE("Who is hidden does not depend on what stands in valid and test", "[datasets]") {
  const Dataset data = people(four_values());
  Dataset other = data;
  other.graph =
      KnowledgeGraph(data.graph.entities(), data.graph.relations(), list_of(data.graph.train()),
                     list_of(data.graph.valid()), list_of(data.graph.valid()));
  CHECK(drawn_persons(other, 0.3, 2) == drawn_persons(data, 0.3, 2));
}

TEST_CASE("Hidden values leave train, valid and the table, and stay true", "[datasets]") {
  const bool inverse = GENERATE(false, true);
  CAPTURE(inverse);
  const std::vector<std::uint32_t> labels = four_values();
  const Dataset before = people(labels, inverse);
  const Dataset data = with_hidden_persons(before, 0.25, 3);
  const RelationId relation = inverse ? kMembers : kGender;
  const PersonAttribute& gender = data.attributes.sensitive()[0];
  REQUIRE(data.hidden);
  const HiddenValues* hidden = data.hidden->find("gender");
  REQUIRE(hidden != nullptr);
  CHECK(data.hidden->find("religion") == nullptr);
  REQUIRE(hidden->persons.size() > 10);
  REQUIRE(hidden->values.size() == hidden->persons.size());
  for (std::size_t i = 0; i < hidden->persons.size(); ++i) {
    const EntityId p = hidden->persons[i];
    CAPTURE(p.value);
    CHECK(gender.train_values(p).empty());
    CHECK(gender.all_values(p).empty());
    CHECK(data.attributes.is_person(p));
    // The value is that of the original graph, as an index of the new table.
    REQUIRE(hidden->values[i].size() == 1);
    CHECK(gender.values()[hidden->values[i][0]] == EntityId(kPersons + labels[p.index()]));
    for (const auto& list : {data.graph.train(), data.graph.valid()}) {
      CHECK(std::ranges::none_of(list, [&](const Triple& t) {
        return t.relation == relation && (t.head == p || t.tail == p);
      }));
    }
  }
  // Other facts, test and everybody else stay.
  CHECK(list_of(data.graph.test()) == list_of(before.graph.test()));
  CHECK(data.graph.train().size() + data.graph.valid().size() + data.hidden->withheld.size() ==
        before.graph.train().size() + before.graph.valid().size());
  CHECK(data.attributes.persons().size() == before.attributes.persons().size());
  for (const Triple& t : data.hidden->withheld) CHECK(t.relation == relation);
  for (const EntityId p : gender.train_persons()) {
    CHECK(list_of(gender.train_values(p)).size() == 1);
    CHECK(gender.values()[gender.train_values(p)[0]] == EntityId(kPersons + labels[p.index()]));
  }
  CHECK(gender.train_persons().size() + hidden->persons.size() ==
        before.attributes.sensitive()[0].train_persons().size());
}

TEST_CASE("Permuting hidden labels changes nothing that a debiaser can read", "[datasets]") {
  std::vector<std::uint32_t> labels = four_values();
  const Dataset data = people(labels);
  const auto persons = drawn_persons(data, 0.25, 4);
  const Dataset hidden = hide_values(data, persons);
  // Turn the labels of the hidden persons round by one place, in every list of the graph.
  const std::uint32_t first = labels[persons[0].front().index()];
  for (std::size_t i = 0; i + 1 < persons[0].size(); ++i) {
    labels[persons[0][i].index()] = labels[persons[0][i + 1].index()];
  }
  labels[persons[0].back().index()] = first;
  const Dataset permuted = hide_values(people(labels), persons);
  CHECK(permuted.hidden->attributes[0].values != hidden.hidden->attributes[0].values);

  CHECK(list_of(permuted.graph.train()) == list_of(hidden.graph.train()));
  CHECK(list_of(permuted.graph.valid()) == list_of(hidden.graph.valid()));
  const PersonAttribute& a = hidden.attributes.sensitive()[0];
  const PersonAttribute& b = permuted.attributes.sensitive()[0];
  CHECK(std::ranges::equal(a.values(), b.values()));
  CHECK(list_of(a.train_counts()) == list_of(b.train_counts()));
  CHECK(std::ranges::equal(a.train_persons(), b.train_persons()));
  CHECK(std::ranges::equal(hidden.attributes.persons(), permuted.attributes.persons()));
  for (std::uint32_t e = 0; e < kPersons; ++e) {
    CHECK(list_of(a.train_values(EntityId(e))) == list_of(b.train_values(EntityId(e))));
    CHECK(list_of(a.all_values(EntityId(e))) == list_of(b.all_values(EntityId(e))));
  }
}

TEST_CASE("A person with two values is hidden with both, unless one would lose its last person",
          "[datasets]") {
  // Persons 0 .. 9 have value 10; person 0 also has 11, which nobody else has.
  std::vector<std::string> names;
  for (int e = 0; e < 12; ++e) names.push_back("e" + std::to_string(e));
  std::vector<Triple> train;
  for (std::uint32_t p = 0; p < 10; ++p) train.push_back({EntityId(p), kGender, EntityId(10)});
  train.push_back({EntityId(0), kGender, EntityId(11)});
  const auto graph_of = [&] {
    Dataset data;
    data.graph = KnowledgeGraph(Vocabulary(names), Vocabulary({"gender"}), train, {}, {});
    data.attributes = AttributeTable(data.graph, {{"gender", kGender, false}}, std::nullopt);
    return data;
  };
  CHECK(drawn_persons(graph_of(), 0.9, 1).at(0).front() != EntityId(0));
  train.push_back({EntityId(1), kGender, EntityId(11)});
  const Dataset both = hide_values(graph_of(), {{EntityId(0)}});
  CHECK(both.hidden->attributes[0].values == std::vector<Labels>{{0, 1}});
  CHECK(both.hidden->withheld.size() == 2);
}

TEST_CASE("Without a share nobody is hidden, and some of the hidden can be asked", "[datasets]") {
  const Dataset data = people(four_values());
  const Dataset none = with_hidden_persons(data, 0.0, 1);
  REQUIRE(none.hidden);
  CHECK(none.hidden->attributes[0].persons.empty());
  CHECK(none.hidden->withheld.empty());
  CHECK(none.graph.digest() == data.graph.digest());

  const Dataset some = with_hidden_persons(data, 0.25, 1);
  std::vector<bool> keep(data.graph.entity_count(), false);
  keep[some.hidden->attributes[0].persons[1].index()] = true;
  const HiddenPersons one = some.hidden->asked_of(keep);
  REQUIRE(one.attributes[0].persons.size() == 1);
  CHECK(one.attributes[0].persons[0] == some.hidden->attributes[0].persons[1]);
  CHECK(one.attributes[0].values[0] == some.hidden->attributes[0].values[1]);
}
