#include <vector>

#include "datasets/attribute_table.hpp"
#include "datasets/integrity.hpp"
#include "suite/base/error.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::datasets;

namespace attribute_table_tests {
namespace {

using Ids = std::vector<std::uint32_t>;

Triple triple(std::uint32_t h, std::uint32_t r, std::uint32_t t) {
  return {EntityId(h), RelationId(r), EntityId(t)};
}

Ids values_of(std::span<const EntityId> ids) {
  Ids result;
  for (const EntityId id : ids) result.push_back(id.value);
  return result;
}

Ids copy_of(std::span<const std::uint32_t> values) { return {values.begin(), values.end()}; }

enum : std::uint32_t { kAnn, kBob, kCy, kDee, kNorse, kCelt, kOlaf };
enum : std::uint32_t { kEthnicity, kPeople, kName, kKnows };

/// Ann is stated from both sides, Bob from the people's side alone, Cy only by a name, Dee has two
/// ethnicities by two relations.
KnowledgeGraph village() {
  return {Vocabulary({"ann", "bob", "cy", "dee", "norse", "celt", "Olaf"}),
          Vocabulary({"ethnicity", "people", "name", "knows"}),
          {triple(kAnn, kEthnicity, kNorse), triple(kNorse, kPeople, kAnn),
           triple(kCelt, kPeople, kBob), triple(kCelt, kPeople, kDee),
           triple(kDee, kEthnicity, kNorse), triple(kCy, kName, kOlaf), triple(kAnn, kKnows, kBob)},
          {triple(kBob, kEthnicity, kCelt)},
          {triple(kNorse, kPeople, kCy)}};
}

PersonRelation both_ways() {
  return {"ethnicity",
          RelationId(kEthnicity),
          false,
          {{RelationId(kPeople), true}},
          {{RelationId(kName), false}}};
}

}  // namespace

TEST_CASE("Relations that state one attribute are read as one, each at its person's end",
          "[datasets]") {
  const PersonAttribute ethnicity(both_ways(), village());
  CHECK(values_of(ethnicity.values()) == Ids{kNorse, kCelt});
  CHECK(copy_of(ethnicity.train_counts()) == Ids{2, 2});
  CHECK(values_of(ethnicity.train_persons()) == Ids{kAnn, kBob, kDee});
  CHECK(copy_of(ethnicity.train_values(EntityId(kAnn))) == Ids{0});
  CHECK(copy_of(ethnicity.train_values(EntityId(kDee))) == Ids{0, 1});
  CHECK(ethnicity.train_values(EntityId(kCy)).empty());
  CHECK(copy_of(ethnicity.all_values(EntityId(kCy))) == Ids{0});
  CHECK(ethnicity.source().relation == RelationId(kEthnicity));
}

TEST_CASE("Which relation of an attribute comes first changes neither values nor persons",
          "[datasets]") {
  const PersonAttribute one(both_ways(), village());
  const PersonAttribute other(
      {"ethnicity", RelationId(kPeople), true, {{RelationId(kEthnicity), false}}, {}}, village());
  CHECK(values_of(one.values()) == values_of(other.values()));
  CHECK(values_of(one.train_persons()) == values_of(other.train_persons()));
  for (std::uint32_t e = 0; e <= kOlaf; ++e) {
    CHECK(copy_of(one.all_values(EntityId(e))) == copy_of(other.all_values(EntityId(e))));
  }
}

TEST_CASE("Without further relations an attribute is that of its one relation", "[datasets]") {
  const PersonAttribute alone({"ethnicity", RelationId(kEthnicity), false}, village());
  CHECK(values_of(alone.train_persons()) == Ids{kAnn, kDee});
  CHECK(alone.source().sources() == std::vector<StatingRelation>{{RelationId(kEthnicity), false}});
  CHECK(alone.proxies().empty());
}

TEST_CASE("The table knows an attribute by each relation that states it, and by no proxy",
          "[datasets]") {
  const AttributeTable table(village(), {both_ways()}, std::nullopt);
  CHECK(table.sensitive_index(RelationId(kEthnicity)) == std::size_t{0});
  CHECK(table.sensitive_index(RelationId(kPeople)) == std::size_t{0});
  CHECK_FALSE(table.sensitive_index(RelationId(kName)).has_value());
  CHECK(table.is_person(EntityId(kBob)));
  CHECK_FALSE(table.is_person(EntityId(kCy)));
  REQUIRE(table.sensitive()[0].proxies().size() == 1);
  CHECK(table.sensitive()[0].proxies()[0].person(triple(kCy, kName, kOlaf)) == EntityId(kCy));
  // Asking about fewer persons keeps the relations.
  std::vector<bool> keep(7, false);
  keep[kBob] = true;
  const AttributeTable fewer = table.asked_of(keep);
  CHECK(values_of(fewer.sensitive()[0].train_persons()) == Ids{kBob});
  CHECK(fewer.sensitive_index(RelationId(kPeople)) == std::size_t{0});
}

TEST_CASE("A relation that the graph lacks is our own bug, wherever it stands", "[datasets]") {
  const RelationId none(9);
  const auto attribute = [&](std::vector<StatingRelation> also, std::vector<StatingRelation> told) {
    return PersonAttribute(
        {"ethnicity", RelationId(kEthnicity), false, std::move(also), std::move(told)}, village());
  };
  CHECK_THROWS_AS(attribute({{none, false}}, {}), BrokenInvariant);
  CHECK_THROWS_AS(attribute({}, {{none, false}}), BrokenInvariant);
}

TEST_CASE("What train states by another relation is counted among the test triples", "[datasets]") {
  const KnowledgeGraph graph = village();
  const auto restated = [&](const PersonRelation& source) -> const IntegrityFinding* {
    static IntegrityReport report;
    report = check_integrity(graph, AttributeTable(graph, {source}, std::nullopt),
                             graph.entities().names());
    for (const IntegrityFinding& finding : report.findings) {
      if (finding.id == "restated_values") return &finding;
    }
    return nullptr;
  };
  const IntegrityFinding* found = restated(both_ways());
  REQUIRE(found != nullptr);
  CHECK(found->subject == "ethnicity");
  CHECK(found->count == 1);  // (bob, ethnicity, celt)
  CHECK_THAT(found->detail, Catch::Matchers::Contains("Of 2 valid and test triples"));
  CHECK(restated({"ethnicity", RelationId(kEthnicity), false}) == nullptr);
}

}  // namespace attribute_table_tests
