#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "models/debiasing/kl/kl_debiasing.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/trainer.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;

namespace {

Parameters kl_parameters(
    std::initializer_list<std::pair<std::string_view, std::string_view>> changes = {}) {
  static const std::vector<ParameterSpec> kTable = KlDebiasing::parameter_table();
  return parameters_of(kTable, changes);
}

/// Everything that a KlDebiasing of toy people needs.
struct World {
  explicit World(std::string_view score_id, Dataset d = toy_people(), std::size_t threads = 1)
      : data(std::move(d)),
        entry(find_score(score_id)),
        training(training_parameters()),
        pool(threads),
        table(*normal_embedding(data, entry.function(), kDimension, false, 31)) {}

  [[nodiscard]] TrainingSetup setup(std::string_view optimizer = "row-adagrad") {
    return {data, training, entry.function(), kDimension, find_optimizer(optimizer), 1, pool};
  }

  static constexpr std::size_t kDimension = 6;
  Dataset data;
  const ScoreEntry& entry;
  Parameters training;
  ThreadPool pool;
  EmbeddingTable table;
};

/// L_KL over the persons, straight from the paper's formula.
double reference_loss(const World& world, const std::vector<std::uint32_t>& persons,
                      const std::vector<Doubles>& rows, const Doubles& weights,
                      const std::vector<std::size_t>& most, bool empirical) {
  double loss = 0.0;
  const auto sensitive = world.data.attributes.sensitive();
  for (std::size_t j = 0; j < sensitive.size(); ++j) {
    const std::size_t candidates = std::min(most[j], sensitive[j].values().size());
    double persons_with = 0.0;
    for (std::size_t m = 0; m < candidates; ++m) persons_with += sensitive[j].train_counts()[m];
    const Doubles relation = row_of(world.table.relations, sensitive[j].source().relation.index());
    for (std::size_t p = 0; p < persons.size(); ++p) {
      Doubles scores, target;
      for (std::size_t m = 0; m < candidates; ++m) {
        const Doubles value = row_of(world.table.entities, sensitive[j].values()[m].index());
        scores.push_back(sensitive[j].source().inverse
                             ? reference_score(world.entry.id, value, relation, rows[p])
                             : reference_score(world.entry.id, rows[p], relation, value));
        target.push_back(empirical ? sensitive[j].train_counts()[m] / persons_with
                                   : 1.0 / static_cast<double>(candidates));
      }
      loss += weights[j] * reference_kl(scores, target);
    }
  }
  return loss / static_cast<double>(persons.size() * sensitive.size());
}

}  // namespace

TEST_CASE("KL of scores 2, 1, 0 to equal shares is the known value", "[models][kl]") {
  const std::vector<float> s = {2.0F, 1.0F, 0.0F};
  const std::vector<float> uniform(3, 1.0F / 3.0F);
  std::vector<float> g(3);
  CHECK(kl_to_target(s, uniform, g) == Approx(0.308993675776).epsilon(1e-6));
  CHECK(static_cast<double>(g[0]) == Approx(0.331907622).epsilon(1e-6));
  CHECK(static_cast<double>(g[1]) == Approx(-0.088604862).epsilon(1e-6));
  CHECK(static_cast<double>(g[2]) == Approx(-0.243302760).epsilon(1e-6));
}

TEST_CASE("KL of two scores with gap x is ln cosh(x / 2), wherever they lie", "[models][kl]") {
  const std::vector<float> half(2, 0.5F);
  std::vector<float> g(2);
  CHECK(kl_to_target(std::vector<float>{2.0F, 0.0F}, half, g) == Approx(0.433780830483));
  CHECK(kl_to_target(std::vector<float>{302.0F, 300.0F}, half, g) == Approx(0.433780830483));
  CHECK(kl_to_target(std::vector<float>{-4.0F, -4.0F}, half, g) == Approx(0.0).margin(1e-12));
  for (const float x : g) CHECK(static_cast<double>(x) == Approx(0.0).margin(1e-12));
  CHECK(kl_to_target(std::vector<float>{400.0F, -400.0F}, half, g) ==
        Approx(400.0 - std::log(2.0)));
}

TEST_CASE("KL takes 0 for values whose target share is 0", "[models][kl]") {
  std::vector<float> g(2);
  CHECK(kl_to_target(std::vector<float>{0.0F, 0.0F}, std::vector<float>{1.0F, 0.0F}, g) ==
        Approx(std::log(2.0)));
  CHECK(g == std::vector<float>{-0.5F, 0.5F});
}

TEST_CASE("The KL loss and its gradient are the paper's for every score", "[models][kl]") {
  const std::vector<std::uint32_t> persons = {kDee, kAnn, kEve, kCy};
  for (const ScoreEntry* entry : scores()) {
    for (const bool empirical : {false, true}) {
      INFO(std::string(entry->id) << (empirical ? ", empirical" : ", uniform"));
      World world(entry->id);
      KlDebiasing debiasing(world.setup(),
                            kl_parameters({{"weight_gender", "3"},
                                           {"weight_ethnicity", "0.5"},
                                           {"target", empirical ? "empirical" : "uniform"}}));
      FloatTable gradient = normal_table(persons.size(), World::kDimension, 1);
      const double loss = debiasing.loss_and_gradient(world.table, persons, gradient);
      std::vector<Doubles> rows;
      for (const std::uint32_t p : persons) rows.push_back(row_of(world.table.entities, p));
      const auto reference = [&] {
        return reference_loss(world, persons, rows, {3.0, 0.5}, {2, 30}, empirical);
      };
      CHECK(loss == Approx(reference()).epsilon(1e-5));
      for (std::size_t p = 0; p < persons.size(); ++p) {
        for (std::size_t k = 0; k < World::kDimension; ++k) {
          INFO("person " << persons[p] << ", coordinate " << k);
          CHECK(static_cast<double>(gradient.row(p)[k]) ==
                Approx(central_difference(rows[p][k], reference)).epsilon(1e-4).margin(1e-5));
        }
      }
      CHECK(padding_is_zero(gradient));
    }
  }
}

TEST_CASE("Only the M commonest values take part in the KL loss", "[models][kl]") {
  World world("transe-dot");
  const std::vector<std::uint32_t> persons = {kAnn, kBob};
  std::vector<Doubles> rows;
  for (const std::uint32_t p : persons) rows.push_back(row_of(world.table.entities, p));
  KlDebiasing debiasing(
      world.setup(),
      kl_parameters({{"candidates", "2"}, {"weight_gender", "0"}, {"weight_ethnicity", "1"}}));
  FloatTable gradient(2, World::kDimension);
  const double two = reference_loss(world, persons, rows, {0.0, 1.0}, {2, 2}, false);
  const double three = reference_loss(world, persons, rows, {0.0, 1.0}, {2, 3}, false);
  CHECK(std::abs(two - three) > 1e-3);
  CHECK(debiasing.loss_and_gradient(world.table, persons, gradient) == Approx(two).epsilon(1e-5));
}

TEST_CASE("The KL gradient over many persons has the same bits for any number of threads",
          "[models][kl]") {
  std::vector<Digest> digests;
  std::vector<double> losses;
  for (const std::size_t threads : {1U, 2U, 4U}) {
    World world("transe-l2", toy_town(150), threads);
    KlDebiasing debiasing(world.setup(), kl_parameters());
    std::vector<std::uint32_t> persons;
    for (std::uint32_t i = 0; i < 150; ++i) persons.push_back(kFirstTownPerson + i);
    FloatTable gradient(persons.size(), World::kDimension);
    losses.push_back(debiasing.loss_and_gradient(world.table, persons, gradient));
    digests.push_back(gradient.digest());
  }
  CHECK(losses[0] == losses[1]);
  CHECK(losses[0] == losses[2]);
  CHECK(digests[0] == digests[1]);
  CHECK(digests[0] == digests[2]);
  CHECK(losses[0] > 0.0);
}

TEST_CASE("A KL step moves persons only and freezes values and relations", "[models][kl]") {
  for (const char* update : {"own", "sgd", "proximal"}) {
    INFO(update);
    World world("transe-dot");
    const EmbeddingTable before = world.table;
    KlDebiasing debiasing(world.setup(), kl_parameters({{"update", update}, {"steps", "3"}}));
    const ToyBatch toy(world.data);
    CHECK_FALSE(debiasing.shares_update());
    debiasing.after_update(toy.batch, world.table);
    for (std::uint32_t e = 0; e < kToyEntities; ++e) {
      INFO("entity " << e);
      const bool moved = row_of(world.table.entities, e) != row_of(before.entities, e);
      CHECK(moved == (e <= kEve));
    }
    CHECK(world.table.relations.digest() == before.relations.digest());
    CHECK(padding_is_zero(world.table.entities));
  }
}

TEST_CASE("A shared KL update adds to the likelihood's gradient in slot order", "[models][kl]") {
  World world("transe-l2");
  KlDebiasing debiasing(world.setup(), kl_parameters({{"update", "shared"}}));
  CHECK(debiasing.shares_update());
  const ToyBatch toy(world.data);
  const std::vector<std::uint32_t> persons = {kAnn, kBob, kCy, kDee, kEve};
  FloatTable own(persons.size(), World::kDimension);
  debiasing.loss_and_gradient(world.table, persons, own);
  FloatTable gradient(kToyEntities, World::kDimension);
  for (std::size_t i = 0; i < kToyEntities; ++i)
    for (float& x : gradient.values(i)) x = 1.0F;
  debiasing.add_gradient(toy.batch, world.table, gradient);
  for (std::uint32_t e = 0; e < kToyEntities; ++e) {
    for (std::size_t k = 0; k < World::kDimension; ++k) {
      const float added = e <= kEve ? own.row(e)[k] : 0.0F;
      CHECK(static_cast<double>(gradient.row(toy.slot[e])[k]) ==
            Approx(static_cast<double>(1.0F + added)).epsilon(1e-5));
    }
  }
  const EmbeddingTable before = world.table;
  debiasing.after_update(toy.batch, world.table);
  CHECK(world.table.digest() == before.digest());
}

TEST_CASE("KL's weights go in equal steps from their first share to the whole", "[models][kl]") {
  World world("transe-dot");
  const std::vector<datasets::Triple> positives = {{EntityId(kAnn), RelationId(0), EntityId(kBob)}};
  std::vector<std::uint32_t> entities(world.data.graph.entity_count());
  std::iota(entities.begin(), entities.end(), 0U);
  Batch batch;
  batch.positives = positives;
  batch.entities = entities;
  batch.slot = entities;
  const auto gradient_at = [&](std::string_view initial_weight, double progress) {
    KlDebiasing debiasing(
        world.setup(), kl_parameters({{"update", "shared"}, {"initial_weight", initial_weight}}));
    batch.progress = progress;
    FloatTable gradient(entities.size(), World::kDimension);
    debiasing.add_gradient(batch, world.table, gradient);
    return static_cast<double>(gradient.row(kAnn)[0]);
  };
  const double whole = gradient_at("1", 0.0);
  REQUIRE(std::abs(whole) > 1e-4);
  CHECK(gradient_at("1", 0.75) == whole);
  CHECK(gradient_at("0.2", 0.0) == Approx(0.2 * whole));
  CHECK(gradient_at("0.2", 0.5) == Approx(0.6 * whole));
  CHECK(gradient_at("3", 0.75) == Approx(1.5 * whole));
  CHECK(gradient_at("0", 0.0) == 0.0);
}

TEST_CASE("Persons drawn as negatives take part only when the batch is asked for", "[models][kl]") {
  for (const bool whole_batch : {false, true}) {
    World world("transe-dot");
    KlDebiasing debiasing(
        world.setup(),
        kl_parameters({{"update", "own"}, {"persons", whole_batch ? "batch" : "positives"}}));
    ToyBatch toy(world.data);
    const std::vector<datasets::Triple> one = {triple(kAnn, kVoice, kAlto)};
    toy.batch.positives = one;
    const EmbeddingTable before = world.table;
    debiasing.after_update(toy.batch, world.table);
    CHECK(row_of(world.table.entities, kAnn) != row_of(before.entities, kAnn));
    CHECK((row_of(world.table.entities, kBob) != row_of(before.entities, kBob)) == whole_batch);
  }
}

TEST_CASE("KL gradient steps pull the two genders' scores together", "[models][kl]") {
  World world("transe-dot");
  KlDebiasing debiasing(world.setup(), kl_parameters({{"update", "own"}}));
  const ToyBatch toy(world.data);
  const std::vector<std::uint32_t> persons = {kAnn, kBob, kCy, kDee, kEve};
  FloatTable gradient(persons.size(), World::kDimension);
  const double before = debiasing.loss_and_gradient(world.table, persons, gradient);
  for (int step = 0; step < 200; ++step) debiasing.after_update(toy.batch, world.table);
  const double after = debiasing.loss_and_gradient(world.table, persons, gradient);
  CHECK(after < 0.02 * before);
}

TEST_CASE("The KL losses are named per attribute and start anew after they are taken",
          "[models][kl]") {
  World world("transe-dot");
  KlDebiasing debiasing(world.setup(),
                        kl_parameters({{"weight_gender", "1"}, {"weight_ethnicity", "100"}}));
  CHECK(debiasing.take_losses().empty());
  const std::vector<std::uint32_t> persons = {kAnn, kBob};
  FloatTable gradient(2, World::kDimension);
  const double total = debiasing.loss_and_gradient(world.table, persons, gradient);
  const auto losses = debiasing.take_losses();
  REQUIRE(losses.size() == 2);
  CHECK(losses[0].first == "kl.gender");
  CHECK(losses[1].first == "kl.ethnicity");
  CHECK((1.0 * losses[0].second + 100.0 * losses[1].second) / 2.0 == Approx(total));
  CHECK(debiasing.take_losses().empty());
}

TEST_CASE("KL without any sensitive relation is refused by name", "[models][kl]") {
  World world("transe-dot");
  world.data.attributes = datasets::AttributeTable(world.data.graph, {}, std::nullopt);
  try {
    const KlDebiasing debiasing(world.setup(), kl_parameters());
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(std::string(error.what()).find("toy") != std::string::npos);
  }
}

TEST_CASE("Vectors that learn the residual average to nothing over the stated values",
          "[models][kl+attr]") {
  for (const char* every : {"0", "1"}) {
    World world("transe-dot");
    const ToyBatch toy(world.data);
    const auto system = find_system("kl+attr").make(
        world.setup(),
        parameters_of(find_system("kl+attr").parameters(), {{"residual_every", every}}));
    const TrainedAttributeVectors trained = *system->attribute_vectors();
    *trained.vectors = normal_table(trained.vectors->rows(), World::kDimension, 8);
    const std::vector<Doubles> before = rows_of(*trained.vectors);
    system->after_update(toy.batch, world.table);
    for (std::size_t j = 0; j < 2; ++j) {
      const auto counts = world.data.attributes.sensitive()[j].train_counts();
      for (std::size_t k = 0; k < World::kDimension; ++k) {
        double sum = 0.0;
        for (std::size_t v = 0; v < counts.size(); ++v)
          sum += counts[v] * static_cast<double>(trained.vectors->row(trained.first_row[j] + v)[k]);
        CHECK((sum == Approx(0.0).margin(1e-5)) == (std::string(every) == "1"));
      }
      // What tells the values apart stays.
      const std::size_t first = trained.first_row[j];
      CHECK(static_cast<double>(trained.vectors->row(first)[0] -
                                trained.vectors->row(first + 1)[0]) ==
            Approx(before[first][0] - before[first + 1][0]).margin(1e-5));
    }
  }
}
