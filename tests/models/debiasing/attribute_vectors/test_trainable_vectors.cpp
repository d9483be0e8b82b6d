#include <map>
#include <set>
#include <string>
#include <vector>

#include "datasets/hidden_persons.hpp"
#include "models/debiasing/attribute_vectors/trainable_vectors.hpp"
#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Vectors that learn the residual average to nothing over the stated values",
          "[models][neutral+attr]") {
  for (const char* every : {"0", "1"}) {
    ToyWorld world("transe-dot");
    const ToyBatch toy(world.data);
    const auto system =
        find_system("neutral+attr")
            .make(world.setup(), parameters_of(find_system("neutral+attr").parameters(),
                                               {{"residual_every", every}}));
    const TrainedAttributeVectors trained = *system->attribute_vectors();
    *trained.vectors = normal_table(trained.vectors->rows(), ToyWorld::kDimension, 8);
    const std::vector<Doubles> before = rows_of(*trained.vectors);
    system->after_update(toy.batch, world.table);
    for (std::size_t j = 0; j < 2; ++j) {
      const auto counts = world.data.attributes.sensitive()[j].train_counts();
      for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
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

TEST_CASE("Published vectors are the asked share of the mean over a person's values",
          "[models][kl+attr]") {
  ToyWorld world("transe-dot");
  TrainableVectors vectors(world.setup(), {.share = 0.5F});
  const TrainedAttributeVectors trained = vectors.trained();
  CHECK(trained.twin_every == 1);
  CHECK(trained.residual_every == 0);
  *trained.vectors = normal_table(trained.vectors->rows(), ToyWorld::kDimension, 8);
  const auto published = vectors.published(kToyEntities);
  REQUIRE(published->vectors.size() == 2);
  // Dee has both genders, Ann one, of Eve nothing is known.
  const auto at = [&](std::uint32_t person) {
    const std::int32_t row = published->row_of[0][person];
    REQUIRE(row >= 0);
    return static_cast<double>(published->vectors[0].row(static_cast<std::size_t>(row))[2]);
  };
  const auto value = [&](std::size_t v) {
    return static_cast<double>(trained.vectors->row(trained.first_row[0] + v)[2]);
  };
  const std::uint32_t male = *world.data.attributes.sensitive()[0].value_index(EntityId(kMale));
  CHECK(at(kBob) == Approx(0.5 * value(male)));
  CHECK(at(kAnn) == Approx(0.5 * value(1 - male)));
  CHECK(at(kDee) == Approx(0.25 * (value(0) + value(1))));
  CHECK(published->row_of[0][kEve] == -1);
  CHECK(published->row_of[0][kTown] == -1);
}

TEST_CASE(
    "A person whose value is hidden from training has no vector, whatever the hidden value is",
    "[models][kl+attr]") {
  ToyWorld world("transe-dot");
  const auto& gender = world.data.attributes.sensitive()[0];
  REQUIRE_FALSE(gender.train_values(EntityId(kBob)).empty());
  std::vector<std::vector<EntityId>> persons(world.data.attributes.sensitive().size());
  persons[0] = {EntityId(kBob)};
  world.data = datasets::hide_values(std::move(world.data), persons);
  REQUIRE(world.data.hidden->find("gender")->persons == persons[0]);
  const auto published = TrainableVectors(world.setup(), {}).published(kToyEntities);
  CHECK(published->row_of[0][kBob] == -1);
  CHECK(published->row_of[0][kAnn] >= 0);
  CHECK(published->of(EntityId(kBob), 0).empty());
  CHECK(published->of(EntityId(kAnn), 0).size() == ToyWorld::kDimension);
  // The other attributes of the person are not hidden.
  CHECK(published->row_of[1] ==
        TrainableVectors(ToyWorld("transe-dot").setup(), {}).published(kToyEntities)->row_of[1]);
  world.data.hidden->attributes[0].values[0] = {1 - world.data.hidden->attributes[0].values[0][0]};
  const auto again = TrainableVectors(world.setup(), {}).published(kToyEntities);
  CHECK(again->row_of == published->row_of);
}
