#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "models/debiasing/neutral/neutral_system.hpp"
#include "suite/base/error.hpp"
#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// The steps alone, with the same weight for every attribute and without adversaries.
Parameters neutral_parameters(Changes changes = {}) {
  static const std::vector<ParameterSpec> kTable = NeutralSystem::parameter_table();
  Parameters all = parameters_of(kTable, {{"detach", "none"}, {"class_weight", "300"}});
  for (const char* attribute : {"gender", "religion", "ethnicity", "nationality", "other"}) {
    all.set(fmt::format("weight_{}", attribute), std::string_view("1"), "test");
    all.set(fmt::format("adversary_{}", attribute), std::string_view("0"), "test");
  }
  for (const auto& [name, value] : changes) all.set(name, value, "test");
  return all;
}

}  // namespace

TEST_CASE("A neutral step moves persons only and freezes values and relations",
          "[models][neutral]") {
  for (const char* update : {"own", "sgd", "proximal"}) {
    INFO(update);
    ToyWorld world("transe-dot");
    const EmbeddingTable before = world.table;
    NeutralSystem neutral(world.setup(), neutral_parameters({{"update", update}, {"steps", "3"}}),
                          "neutral");
    const ToyBatch toy(world.data);
    CHECK_FALSE(neutral.adds_gradient());
    neutral.after_update(toy.batch, world.table);
    for (std::uint32_t e = 0; e < kToyEntities; ++e) {
      INFO("entity " << e);
      const bool moved = row_of(world.table.entities, e) != row_of(before.entities, e);
      CHECK(moved == (e <= kEve));
    }
    CHECK(world.table.relations.digest() == before.relations.digest());
    CHECK(padding_is_zero(world.table.entities));
  }
}

TEST_CASE("Persons drawn as negatives are made neutral only when the batch is asked for",
          "[models][neutral]") {
  for (const bool whole_batch : {false, true}) {
    ToyWorld world("transe-dot");
    NeutralSystem neutral(
        world.setup(),
        neutral_parameters({{"update", "own"}, {"persons", whole_batch ? "batch" : "positives"}}),
        "neutral");
    ToyBatch toy(world.data);
    const std::vector<datasets::Triple> one = {triple(kAnn, kVoice, kAlto)};
    toy.batch.positives = one;
    const EmbeddingTable before = world.table;
    neutral.after_update(toy.batch, world.table);
    CHECK(row_of(world.table.entities, kAnn) != row_of(before.entities, kAnn));
    CHECK((row_of(world.table.entities, kBob) != row_of(before.entities, kBob)) == whole_batch);
  }
}

TEST_CASE("Neutral gradient steps pull the two genders' scores together", "[models][neutral]") {
  ToyWorld world("transe-dot");
  NeutralSystem neutral(world.setup(), neutral_parameters({{"update", "own"}}), "neutral");
  const ToyBatch toy(world.data);
  const std::vector<std::uint32_t> persons = {kAnn, kBob, kCy, kDee, kEve};
  FloatTable gradient(persons.size(), ToyWorld::kDimension);
  KlLoss loss(world.setup(), kl_candidates(world.setup(), neutral_parameters(), "neutral"));
  const double before = loss.loss_and_gradient(world.table, persons, gradient);
  for (int step = 0; step < 200; ++step) neutral.after_update(toy.batch, world.table);
  const double after = loss.loss_and_gradient(world.table, persons, gradient);
  CHECK(after < 0.02 * before);
}

TEST_CASE("Neutral's weights go in equal steps from their first share to the whole",
          "[models][neutral]") {
  ToyWorld world("transe-dot");
  const EmbeddingTable before = world.table;
  // How far a plain gradient step moves Ann.
  const auto moved = [&](std::string_view initial_weight, double progress) {
    NeutralSystem neutral(
        world.setup(),
        neutral_parameters(
            {{"update", "sgd"}, {"learning_rate", "1"}, {"initial_weight", initial_weight}}),
        "neutral");
    ToyBatch toy(world.data);
    toy.batch.progress = progress;
    EmbeddingTable table = before;
    neutral.after_update(toy.batch, table);
    return row_of(table.entities, kAnn)[0] - row_of(before.entities, kAnn)[0];
  };
  const double whole = moved("1", 0.0);
  REQUIRE(std::abs(whole) > 1e-4);
  CHECK(moved("1", 0.75) == whole);
  CHECK(moved("0.2", 0.0) == Approx(0.2 * whole).epsilon(1e-3));
  CHECK(moved("0.2", 0.5) == Approx(0.6 * whole).epsilon(1e-3));
  CHECK(moved("3", 0.75) == Approx(1.5 * whole).epsilon(1e-3));
  CHECK(moved("0", 0.0) == 0.0);
}

TEST_CASE("Neutral rows are published after a last step, and relations as they are",
          "[models][neutral]") {
  ToyWorld world("transe-dot", toy_town(40));
  const auto table = std::make_shared<EmbeddingTable>(world.table);
  for (const char* update : {"proximal", "own"}) {
    NeutralSystem neutral(world.setup(), neutral_parameters({{"update", update}}), "neutral");
    const auto views = neutral.views(table);
    REQUIRE(views.size() == 1);
    CHECK(views[0].table->relations.digest() == table->relations.digest());
    const bool finished = views[0].table->entities.digest() != table->entities.digest();
    CHECK(finished == (std::string(update) == "proximal"));
  }
}

TEST_CASE("The proximal update is refused for distances it cannot solve for, and auto avoids it",
          "[models][neutral]") {
  ToyWorld world("transe-l1");
  try {
    const NeutralSystem neutral(world.setup(), neutral_parameters({{"update", "proximal"}}),
                                "neutral");
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK_THAT(error.what(), Catch::Contains("update = own"));
  }
  CHECK_NOTHROW(NeutralSystem(world.setup(), neutral_parameters(), "neutral"));
}

TEST_CASE("Neutral's adversaries add their gradient in the share of the batch, to persons alone",
          "[models][neutral]") {
  ToyWorld world("transe-dot");
  const ToyBatch toy(world.data);
  // What is added to a likelihood's gradient of 0, an entity's row in the place of its slot.
  const auto added = [&](Changes changes, double progress) {
    NeutralSystem neutral(world.setup(), neutral_parameters(changes), "neutral");
    REQUIRE(neutral.adds_gradient());
    Batch batch = toy.batch;
    batch.progress = progress;
    FloatTable gradient(kToyEntities, ToyWorld::kDimension);
    neutral.add_gradient(batch, world.table, gradient);
    return gradient;
  };
  const FloatTable whole = added({{"adversary_gender", "0.5"}}, 0.0);
  CHECK(padding_is_zero(whole));
  for (std::uint32_t e = 0; e < kToyEntities; ++e) {
    INFO("entity " << e);
    const auto row = whole.values(toy.slot[e]);
    const bool any = std::ranges::any_of(row, [](float x) { return x != 0.0F; });
    CHECK(any == (e <= kDee));  // Eve's gender is not known
  }
  const FloatTable fifth = added({{"adversary_gender", "0.5"}, {"initial_weight", "0.2"}}, 0.0);
  const FloatTable twice = added({{"adversary_gender", "1"}, {"initial_weight", "0.2"}}, 1.0);
  for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
    const double value = whole.row(toy.slot[kAnn])[k];
    CHECK(fifth.row(toy.slot[kAnn])[k] == Approx(0.2 * value).epsilon(1e-4));
    CHECK(twice.row(toy.slot[kAnn])[k] == Approx(2.0 * value).epsilon(1e-4));
  }
}

TEST_CASE("Neutral reports what its adversaries lose, and adds no gradient without any",
          "[models][neutral]") {
  ToyWorld world("transe-dot");
  const ToyBatch toy(world.data);
  CHECK_FALSE(NeutralSystem(world.setup(), neutral_parameters(), "neutral").adds_gradient());
  NeutralSystem neutral(world.setup(), neutral_parameters({{"adversary_gender", "0.5"}}),
                        "neutral");
  FloatTable gradient(kToyEntities, ToyWorld::kDimension);
  neutral.add_gradient(toy.batch, world.table, gradient);
  bool found = false;
  for (const auto& [name, value] : neutral.take_losses()) {
    if (name != "discriminator.gender") continue;
    found = true;
    CHECK(value == Approx(std::log(2.0)).epsilon(0.5));  // it knows nothing yet of two values
  }
  CHECK(found);
}

TEST_CASE("Neutral's defaults have an adversary for every attribute and detach them all",
          "[models][neutral]") {
  ToyWorld world("transe-dot");
  static const std::vector<ParameterSpec> kTable = NeutralSystem::parameter_table();
  NeutralSystem neutral(world.setup(), parameters_of(kTable, {}), "neutral");
  CHECK(neutral.adds_gradient());
  CHECK(neutral.detached() == (1U << world.data.attributes.sensitive().size()) - 1U);
}
