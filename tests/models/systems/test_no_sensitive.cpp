#include <vector>

#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;
using datasets::Triple;

namespace {

Digest trained(const Dataset& data, const char* id) {
  ThreadPool pool(1);
  Trainer trainer(data, find_system(id),
                  parameters_of(training_parameters(), {{"dimension", "12"},
                                                        {"batch_size", "100"},
                                                        {"chunk_size", "15"},
                                                        {"uniform_negatives", "9"}}),
                  Parameters(find_system(id).parameters()), 3, pool);
  for (int i = 0; i < 3; ++i) trainer.run_epoch();
  return trainer.publish().front().scorer.table().digest();
}

}  // namespace

TEST_CASE("Training without sensitive triples is Basic on a graph that has none",
          "[models][no-sensitive]") {
  const Dataset data = toy_town();
  std::vector<Triple> kept;
  for (const Triple& t : data.graph.train()) {
    if (t.relation != RelationId(kGender) && t.relation != RelationId(kPeople)) kept.push_back(t);
  }
  REQUIRE(kept.size() == data.graph.train().size() - 2 * data.attributes.persons().size());
  Dataset stripped = toy_town();
  stripped.graph =
      datasets::KnowledgeGraph(data.graph.entities(), data.graph.relations(), kept, {}, {});
  CHECK(trained(data, "no-sensitive") == trained(stripped, "basic"));
  CHECK(trained(data, "no-sensitive") != trained(data, "basic"));
}

TEST_CASE(
    "Training without sensitive triples leaves out every relation that the card names for them",
    "[models][no-sensitive]") {
  Dataset data = toy_town();
  std::vector<datasets::PersonRelation> sensitive;
  for (const auto& attribute : data.attributes.sensitive()) sensitive.push_back(attribute.source());
  REQUIRE(sensitive[0].relation == RelationId(kGender));
  sensitive[0].also.push_back({RelationId(kVoice), false});
  data.attributes =
      datasets::AttributeTable(data.graph, sensitive, data.attributes.profession()->source());
  std::vector<Triple> kept;
  for (const Triple& t : data.graph.train()) {
    if (t.relation != RelationId(kGender) && t.relation != RelationId(kPeople) &&
        t.relation != RelationId(kVoice)) {
      kept.push_back(t);
    }
  }
  Dataset stripped = data;
  stripped.graph =
      datasets::KnowledgeGraph(data.graph.entities(), data.graph.relations(), kept, {}, {});
  CHECK(trained(data, "no-sensitive") == trained(stripped, "basic"));
  CHECK(trained(data, "no-sensitive") != trained(toy_town(), "no-sensitive"));
}

TEST_CASE("A graph of sensitive triples alone leaves nothing to train on",
          "[models][no-sensitive]") {
  Dataset data = toy_people();
  data.graph = datasets::KnowledgeGraph(data.graph.entities(), data.graph.relations(),
                                        {triple(kAnn, kGender, kFemale)}, {}, {});
  CHECK_THROWS_WITH(trained(data, "no-sensitive"), Catch::Contains("system no-sensitive") &&
                                                       Catch::Contains("no triple to train on"));
}
