#include "models/debiasing/prior_removal.hpp"

#include <set>
#include <vector>

#include "models/training/trainer.hpp"
#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

/// What the mean person scores over gender's values.
Doubles mean_scores(const ToyWorld& world, const EmbeddingTable& table) {
  const auto persons = world.data.attributes.persons();
  Doubles mean(ToyWorld::kDimension, 0.0);
  for (const EntityId p : persons) {
    const Doubles row = row_of(table.entities, p.index());
    for (std::size_t k = 0; k < row.size(); ++k) mean[k] += row[k] / double(persons.size());
  }
  Doubles scores;
  for (const std::uint32_t v : {kMale, kFemale}) {
    scores.push_back(reference_score(world.entry.id, mean, row_of(table.relations, kGender),
                                     row_of(table.entities, v)));
  }
  return scores;
}

/// What every view of a system is after two epochs on a town.
std::vector<ModelView> published(const datasets::Dataset& data, std::string_view system,
                                 std::string_view prior_removal, std::string_view score) {
  Parameters training = toy_training();
  training.set("prior_removal", prior_removal, "test");
  training.set("score", score, "test");
  Parameters own(find_system(system).parameters());
  if (own.has("steps") && system == "fan") own.set("steps", std::string_view("10"), "test");
  ThreadPool pool(1);
  Trainer trainer(data, find_system(system), training, own, 3, pool);
  for (int epoch = 0; epoch < 2; ++epoch) trainer.run_epoch();
  return trainer.publish();
}

/// The relation rows in which two tables differ.
std::set<std::size_t> changed_rows(const FloatTable& a, const FloatTable& b) {
  std::set<std::size_t> rows;
  for (std::size_t r = 0; r < a.rows(); ++r) {
    if (row_of(a, r) != row_of(b, r)) rows.insert(r);
  }
  return rows;
}

}  // namespace

TEST_CASE("Without its prior the mean person scores all values alike", "[models][prior-removal]") {
  for (const char* score : {"transe-dot", "transe-l2"}) {
    INFO(score);
    ToyWorld world(score);
    const Doubles before = mean_scores(world, world.table);
    REQUIRE(std::abs(before[0] - before[1]) > 1e-2);
    EmbeddingTable table = world.table;
    remove_prior(table, world.entry.function(), world.data.attributes);
    const Doubles after = mean_scores(world, table);
    CHECK(after[0] == Approx(after[1]).margin(1e-4));
    // Only the relation that states gender changes; ethnicity's has the person as tail.
    CHECK(table.entities.digest() == world.table.entities.digest());
    CHECK(changed_rows(table.relations, world.table.relations) == std::set<std::size_t>{kGender});
    CHECK(padding_is_zero(table.relations));
    // Nothing is left for a second time.
    EmbeddingTable again = table;
    remove_prior(again, world.entry.function(), world.data.attributes);
    for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
      CHECK(static_cast<double>(again.relations.row(kGender)[k]) ==
            Approx(static_cast<double>(table.relations.row(kGender)[k])).margin(1e-4));
    }
  }
}

TEST_CASE("The row that loses its prior moves by the difference of two values, as worked out",
          "[models][prior-removal]") {
  // One person at (0, 0), R = (1, 2); men at (2, 0), women at (0, 0): the scores are 2 and 0. The
  // shortest change to equal ones takes the first coordinate away.
  const datasets::KnowledgeGraph graph(datasets::Vocabulary({"p", "man", "woman"}),
                                       datasets::Vocabulary({"gender"}),
                                       {triple(0, 0, 1), triple(0, 0, 2)}, {}, {});
  const datasets::AttributeTable attributes(graph, {{"gender", RelationId(0), false}},
                                            std::nullopt);
  EmbeddingTable table;
  table.entities = FloatTable(3, 2);
  table.relations = FloatTable(1, 2);
  table.entities.row(1)[0] = 2.0F;
  table.relations.row(0)[0] = 1.0F;
  table.relations.row(0)[1] = 2.0F;
  remove_prior(table, find_score("transe-dot").function(), attributes);
  CHECK(static_cast<double>(table.relations.row(0)[0]) == Approx(0.0).margin(1e-4));
  CHECK(static_cast<double>(table.relations.row(0)[1]) == Approx(2.0));
}

TEST_CASE("Every relation that states an attribute of persons as heads loses its prior",
          "[models][prior-removal]") {
  ToyWorld world("transe-dot");
  const datasets::AttributeTable attributes(
      world.data.graph,
      {{"gender", RelationId(kGender), false, {{RelationId(kVoice), false}}, {}},
       {"ethnicity", RelationId(kPeople), true, {{RelationId(kBornIn), false}}, {}}},
      std::nullopt);
  EmbeddingTable table = world.table;
  remove_prior(table, world.entry.function(), attributes);
  CHECK(changed_rows(table.relations, world.table.relations) ==
        std::set<std::size_t>{kGender, kVoice, kBornIn});
}

TEST_CASE("The prior stays where a relation row cannot take it out", "[models][prior-removal]") {
  for (const char* score : {"transe-l1", "distmult", "complex", "rotate"}) {
    INFO(score);
    ToyWorld world(score);
    CHECK_FALSE(can_remove_prior(world.entry.function()));
    const auto table = std::make_shared<EmbeddingTable>(world.table);
    CHECK(without_prior(table, world.entry.function(), world.data.attributes) == table);
  }
}

TEST_CASE("Prior removal is Basic with the rows R_j changed, by system or by parameter",
          "[models][prior-removal]") {
  const datasets::Dataset data = toy_town();
  for (const char* score : {"transe-dot", "transe-l2"}) {
    const auto basic = published(data, "basic", "false", score);
    const auto by_system = published(data, "prior-removal", "false", score);
    const auto by_parameter = published(data, "basic", "true", score);
    const EmbeddingTable& plain = basic.front().scorer.table();
    const EmbeddingTable& edited = by_system.front().scorer.table();
    CHECK(edited.entities.digest() == plain.entities.digest());
    CHECK(changed_rows(edited.relations, plain.relations) == std::set<std::size_t>{kGender});
    CHECK(by_parameter.front().scorer.table().digest() == edited.digest());
  }
}

TEST_CASE("The parameter changes nothing but rows R_j in every view of every system",
          "[models][prior-removal]") {
  const datasets::Dataset data = toy_town();
  for (const SystemEntry* system : systems()) {
    INFO(std::string(system->id));
    const auto as_trained = published(data, system->id, "false", "transe-dot");
    const auto edited = published(data, system->id, "true", "transe-dot");
    REQUIRE(edited.size() == as_trained.size());
    for (std::size_t v = 0; v < edited.size(); ++v) {
      const EmbeddingTable& before = as_trained[v].scorer.table();
      const EmbeddingTable& after = edited[v].scorer.table();
      CHECK(after.entities.digest() == before.entities.digest());
      for (const std::size_t row : changed_rows(after.relations, before.relations)) {
        CHECK(row == kGender);
      }
    }
  }
}
