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
