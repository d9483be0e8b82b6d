#include <cmath>
#include <vector>

#include "models/debiasing/adversaries/row_adversaries.hpp"
#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

RowAdversaries of_gender(ToyWorld& world, float weight, const RowAdversaries::Options& options) {
  return {world.setup(), "test", {{&world.data.attributes.sensitive()[0], 2, weight}}, options};
}

}  // namespace

TEST_CASE("Row adversaries push persons against the slope of their mean cross-entropy",
          "[models][adversaries]") {
  ToyWorld world("transe-dot");
  const ToyBatch toy(world.data);
  // A step that moves no weight, so that the reported loss is the one at the point itself.
  RowAdversaries adversaries =
      of_gender(world, 0.7F, {.hidden = {8}, .steps = 1, .learning_rate = 1e-9F});
  EmbeddingTable& table = world.table;
  const auto loss = [&] {
    FloatTable ignored(kToyEntities, ToyWorld::kDimension);
    adversaries.add_gradient(toy.batch, table, 1.0F, ignored);
    return adversaries.take_losses().at(0).second;
  };
  FloatTable gradient(kToyEntities, ToyWorld::kDimension);
  adversaries.add_gradient(toy.batch, table, 1.0F, gradient);
  static_cast<void>(adversaries.take_losses());
  const double scale = -0.7 * static_cast<double>(toy.batch.positives.size());
  std::size_t wrong = 0;
  for (std::uint32_t e = 0; e < kToyEntities; ++e) {
    for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
      const auto got = static_cast<double>(gradient.row(toy.slot[e])[k]);
      if (e > kDee) {
        CHECK(got == 0.0);  // things, and Eve, of whom nothing is known
        continue;
      }
      float& at = table.entities.row(e)[k];
      const float before = at;
      at = before + 2e-3F;
      const double above = loss();
      const double high = static_cast<double>(at);
      at = before - 2e-3F;
      const double below = loss();
      const double slope = scale * (above - below) / (high - static_cast<double>(at));
      at = before;
      if (got != Approx(slope).epsilon(0.03).margin(0.03)) ++wrong;
    }
  }
  CHECK(wrong <= 1);  // a kink of a LeakyReLU may lie between the two points
}

TEST_CASE("Row adversaries learn: persons of two genders that lie apart are told apart",
          "[models][adversaries]") {
  ToyWorld world("transe-dot", toy_town(60));
  const ToyBatch toy(world.data);
  const datasets::PersonAttribute& gender = world.data.attributes.sensitive()[0];
  for (const EntityId p : gender.train_persons()) {
    world.table.entities.row(p.index())[0] = gender.train_values(p)[0] == 0 ? 2.0F : -2.0F;
  }
  RowAdversaries adversaries =
      of_gender(world, 1.0F, {.hidden = {8}, .steps = 5, .learning_rate = 0.01F});
  const std::size_t entities = world.data.graph.entity_count();
  const auto loss = [&] {
    FloatTable ignored(entities, ToyWorld::kDimension);
    adversaries.add_gradient(toy.batch, world.table, 1.0F, ignored);
    return adversaries.take_losses().at(0).second;
  };
  const double first = loss();
  double last = first;
  for (int batch = 0; batch < 40; ++batch) last = loss();
  CHECK(first > 0.3);
  CHECK(last < 0.05);
}

TEST_CASE("Row adversaries give each of many persons the gradient that the person has alone",
          "[models][adversaries]") {
  constexpr std::uint32_t kPersons = 300;
  for (const std::size_t units : {8U, 200U}) {  // side by side, and one after another
    CAPTURE(units);
    ToyWorld world("transe-dot", toy_town(kPersons), 1);
    const RowAdversaries::Options options = {.hidden = {units}, .steps = 1, .learning_rate = 1e-9F};
    const std::size_t entities = world.data.graph.entity_count();
    ToyBatch toy(world.data);
    const double positives = static_cast<double>(toy.batch.positives.size());
    FloatTable together(entities, ToyWorld::kDimension);
    of_gender(world, 0.7F, options).add_gradient(toy.batch, world.table, 1.0F, together);
    for (std::uint32_t i = 0; i < kPersons; i += 37) {
      CAPTURE(i);
      const std::uint32_t person = kFirstTownPerson + i;
      const std::vector<datasets::Triple> one = {triple(person, kVoice, 11)};
      toy.batch.positives = one;
      FloatTable alone(entities, ToyWorld::kDimension);
      of_gender(world, 0.7F, options).add_gradient(toy.batch, world.table, 1.0F, alone);
      for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
        const auto got = static_cast<double>(together.row(toy.slot[person])[k]);
        CHECK(
            got * kPersons / positives ==
            Approx(static_cast<double>(alone.row(toy.slot[person])[k])).epsilon(1e-4).margin(1e-6));
        CHECK(got != 0.0);
      }
    }
  }
}

TEST_CASE("The gradient of a row adversary is the one from before it learns",
          "[models][adversaries]") {
  ToyWorld world("transe-dot");
  const ToyBatch toy(world.data);
  const auto gradient_with = [&](std::size_t steps, float learning_rate) {
    FloatTable gradient(kToyEntities, ToyWorld::kDimension);
    of_gender(world, 1.0F, {.hidden = {8}, .steps = steps, .learning_rate = learning_rate})
        .add_gradient(toy.batch, world.table, 1.0F, gradient);
    return gradient.digest();
  };
  CHECK(gradient_with(5, 0.1F) == gradient_with(1, 1e-9F));
}

TEST_CASE("A person without a value gets no gradient and changes nobody else's",
          "[models][adversaries]") {
  ToyWorld world("transe-dot");
  ToyBatch toy(world.data);
  const auto gradient_of = [&](const std::vector<datasets::Triple>& positives) {
    toy.batch.positives = positives;
    FloatTable gradient(kToyEntities, ToyWorld::kDimension);
    of_gender(world, 1.0F, {.hidden = {8}, .steps = 1, .learning_rate = 1e-9F})
        .add_gradient(toy.batch, world.table, 1.0F, gradient);
    return gradient;
  };
  const FloatTable with = gradient_of({triple(kEve, kKnows, kAnn), triple(kBob, kVoice, kAlto)});
  const FloatTable without =
      gradient_of({triple(kAnn, kVoice, kAlto), triple(kBob, kVoice, kAlto)});
  CHECK(row_of(with, toy.slot[kEve]) == Doubles(ToyWorld::kDimension, 0.0));
  for (const std::uint32_t person : {kAnn, kBob}) {
    CHECK(row_of(with, toy.slot[person]) != Doubles(ToyWorld::kDimension, 0.0));
    CHECK(row_of(with, toy.slot[person]) == row_of(without, toy.slot[person]));
  }
}

TEST_CASE("Two row adversaries add up, each with its own weight", "[models][adversaries]") {
  ToyWorld world("transe-dot");
  const ToyBatch toy(world.data);
  const auto& attributes = world.data.attributes.sensitive();
  const RowAdversary gender = {&attributes[0], 2, 0.7F};
  const RowAdversary ethnicity = {&attributes[1], 2, 3.0F};
  const auto gradient_of = [&](const std::vector<RowAdversary>& adversaries) {
    FloatTable gradient(kToyEntities, ToyWorld::kDimension);
    RowAdversaries(world.setup(), "test", adversaries,
                   {.hidden = {8}, .steps = 1, .learning_rate = 1e-9F})
        .add_gradient(toy.batch, world.table, 1.0F, gradient);
    return gradient;
  };
  const FloatTable both = gradient_of({gender, ethnicity});
  const FloatTable first = gradient_of({gender});
  const FloatTable second = gradient_of({ethnicity});
  for (std::uint32_t e = 0; e < kToyEntities; ++e) {
    for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
      CHECK(static_cast<double>(both.row(toy.slot[e])[k]) ==
            Approx(static_cast<double>(first.row(toy.slot[e])[k]) +
                   static_cast<double>(second.row(toy.slot[e])[k]))
                .epsilon(1e-5)
                .margin(1e-6));
    }
  }
  CHECK(row_of(second, toy.slot[kAnn]) != Doubles(ToyWorld::kDimension, 0.0));
}
