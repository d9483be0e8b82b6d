#include <string>
#include <vector>

#include "models/debiasing/kl/kl_system.hpp"
#include "models/training/trainer.hpp"
#include "suite/base/error.hpp"
#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Parameters kl_parameters(Changes changes = {}) {
  static const std::vector<ParameterSpec> kTable = KlSystem::parameter_table();
  return parameters_of(kTable, changes);
}

/// The method by hand: L_KL's gradient of every person whom the batch's triples name is added to
/// the likelihood's, and the optimiser does the rest.
class SharedKl final : public System {
 public:
  explicit SharedKl(const TrainingSetup& setup)
      : data_(setup.data), loss_(setup, kl_candidates(setup, kl_parameters(), "kl")) {}
  [[nodiscard]] bool adds_gradient() const override { return true; }
  void add_gradient(const Batch& batch, const EmbeddingTable& table,
                    FloatTable& gradient) override {
    std::vector<std::uint32_t> persons;
    std::vector<bool> seen(data_.graph.entity_count());
    for (const datasets::Triple& t : batch.positives) {
      for (const EntityId e : {t.head, t.tail}) {
        if (!data_.attributes.is_person(e) || seen[e.index()]) continue;
        seen[e.index()] = true;
        persons.push_back(e.value);
      }
    }
    FloatTable own(persons.size(), table.dimension());
    loss_.loss_and_gradient(table, persons, own);
    for (std::size_t i = 0; i < persons.size(); ++i) {
      for (std::size_t k = 0; k < table.dimension(); ++k) {
        gradient.row(batch.slot[persons[i]])[k] += own.row(i)[k];
      }
    }
  }

 private:
  const datasets::Dataset& data_;
  KlLoss loss_;
};

}  // namespace

TEST_CASE("KL's defaults are the paper's numbers for FB15K", "[models][kl]") {
  for (const char* id : {"kl", "kl+attr"}) {
    const Parameters own(find_system(id).parameters());
    CHECK(own.real("weight_gender") == 1.0);
    for (const char* other : {"weight_religion", "weight_ethnicity", "weight_nationality"}) {
      CHECK(own.real(other) == 100.0);
    }
    CHECK(own.count("candidates") == 30);
    CHECK(own.count("candidates_gender") == 2);
    CHECK(own.text("target") == "uniform");
    CHECK(own.text("reduction") == "mean");
    CHECK(own.text("persons") == "positives");
  }
}

TEST_CASE("KL trains the bits of one loss, one gradient and one optimiser", "[models][kl]") {
  const datasets::Dataset data = toy_town();
  for (const char* optimizer : {"row-adagrad", "adam"}) {
    Parameters training = toy_training();
    training.set("optimizer", std::string_view(optimizer), "test");
    SystemEntry by_hand = find_system("kl");
    by_hand.make = [](const TrainingSetup& setup, const Parameters&) -> std::unique_ptr<System> {
      return std::make_unique<SharedKl>(setup);
    };
    const auto trained = [&](const SystemEntry& system, const Parameters& own) {
      ThreadPool pool(1);
      Trainer trainer(data, system, training, own, 3, pool);
      for (int epoch = 0; epoch < 4; ++epoch) trainer.run_epoch();
      return trainer.publish().front().scorer.table().digest();
    };
    const Digest kl = trained(find_system("kl"), kl_parameters());
    CHECK(kl == trained(by_hand, kl_parameters()));
    CHECK(kl != trained(find_system("kl"), kl_parameters({{"reduction", "sum"}})));
    CHECK(kl != trained(find_system("basic"), {}));
  }
}

TEST_CASE("KL adds its gradient to the likelihood's in slot order and does nothing else",
          "[models][kl]") {
  for (const bool sum : {false, true}) {
    ToyWorld world("transe-l2");
    KlSystem kl(world.setup(), kl_parameters({{"reduction", sum ? "sum" : "mean"}}), "kl");
    KlLoss loss(world.setup(), kl_candidates(world.setup(), kl_parameters(), "kl"));
    const ToyBatch toy(world.data);
    const std::vector<std::uint32_t> persons = {kAnn, kBob, kCy, kDee, kEve};
    FloatTable own(persons.size(), ToyWorld::kDimension);
    loss.loss_and_gradient(world.table, persons, own);
    FloatTable gradient(kToyEntities, ToyWorld::kDimension);
    for (std::size_t i = 0; i < kToyEntities; ++i)
      for (float& x : gradient.values(i)) x = 1.0F;
    CHECK(kl.adds_gradient());
    kl.add_gradient(toy.batch, world.table, gradient);
    for (std::uint32_t e = 0; e < kToyEntities; ++e) {
      for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
        const float added = e <= kEve ? (sum ? 5.0F : 1.0F) * own.row(e)[k] : 0.0F;
        CHECK(static_cast<double>(gradient.row(toy.slot[e])[k]) ==
              Approx(static_cast<double>(1.0F + added)).epsilon(1e-5));
      }
    }
    const EmbeddingTable before = world.table;
    kl.after_update(toy.batch, world.table);
    CHECK(world.table.digest() == before.digest());
    CHECK(kl.detached() == 0);
    CHECK(kl.take_losses().size() == 2);
  }
}

TEST_CASE("KL adds the gradient of each of many persons", "[models][kl]") {
  ToyWorld world("transe-dot", toy_town(300), 2);
  KlSystem kl(world.setup(), kl_parameters(), "kl");
  KlLoss loss(world.setup(), kl_candidates(world.setup(), kl_parameters(), "kl"));
  const ToyBatch toy(world.data);
  std::vector<std::uint32_t> persons;
  for (std::uint32_t i = 0; i < 300; ++i) persons.push_back(kFirstTownPerson + i);
  FloatTable own(persons.size(), ToyWorld::kDimension);
  loss.loss_and_gradient(world.table, persons, own);
  FloatTable gradient(world.data.graph.entity_count(), ToyWorld::kDimension);
  kl.add_gradient(toy.batch, world.table, gradient);
  for (std::size_t i = 0; i < persons.size(); ++i) {
    CAPTURE(i);
    for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
      CHECK(static_cast<double>(gradient.row(toy.slot[persons[i]])[k]) ==
            Approx(static_cast<double>(own.row(i)[k])).epsilon(1e-4).margin(1e-7));
    }
  }
}

TEST_CASE("KL reaches persons drawn as negatives only when the batch is asked for",
          "[models][kl]") {
  for (const bool whole_batch : {false, true}) {
    ToyWorld world("transe-dot");
    KlSystem kl(world.setup(), kl_parameters({{"persons", whole_batch ? "batch" : "positives"}}),
                "kl");
    ToyBatch toy(world.data);
    const std::vector<datasets::Triple> one = {triple(kAnn, kVoice, kAlto)};
    toy.batch.positives = one;
    FloatTable gradient(kToyEntities, ToyWorld::kDimension);
    kl.add_gradient(toy.batch, world.table, gradient);
    const auto moved = [&](std::uint32_t e) {
      return row_of(gradient, toy.slot[e]) != Doubles(ToyWorld::kDimension, 0.0);
    };
    CHECK(moved(kAnn));
    CHECK(moved(kBob) == whole_batch);
    CHECK_FALSE(moved(kAlto));
  }
}

TEST_CASE("KL without any sensitive relation is refused by name", "[models][kl]") {
  ToyWorld world("transe-dot");
  world.data.attributes = datasets::AttributeTable(world.data.graph, {}, std::nullopt);
  try {
    const KlSystem kl(world.setup(), kl_parameters(), "kl+attr");
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK_THAT(error.what(), Catch::Contains("toy") && Catch::Contains("system kl+attr"));
  }
}
