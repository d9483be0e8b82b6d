#include <vector>

#include "models/training/batch_persons.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Persons of a batch stand in the order of its triples, each once", "[models]") {
  const datasets::Dataset data = toy_people();
  ToyBatch toy(data);
  const std::vector<datasets::Triple> positives = {
      {EntityId(kBob), RelationId(kKnows), EntityId(kAnn)},
      {EntityId(kTown), RelationId(kKnows), EntityId(kBob)},
      {EntityId(kCy), RelationId(kGender), EntityId(kMale)}};
  toy.batch.positives = positives;
  BatchPersons persons(data.attributes);
  const std::vector<EntityId> expected = {EntityId(kBob), EntityId(kAnn), EntityId(kCy)};
  CHECK(persons.of_positives(toy.batch) == expected);
  const std::vector<EntityId> all = persons.of_batch(toy.batch);
  REQUIRE(all.size() == data.attributes.persons().size());
  CHECK(std::vector<EntityId>(all.begin(), all.begin() + 3) == expected);
  CHECK(persons.of_positives(toy.batch) == expected);
}
