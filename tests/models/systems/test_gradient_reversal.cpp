#include <string>
#include <vector>

#include "models/training/optimizer.hpp"
#include "models/training/trainer.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Parameters reversal(Changes changes = {}) {
  return parameters_of(find_system("gradient-reversal").parameters(), changes);
}

}  // namespace

TEST_CASE("Gradient reversal adds the adversaries' gradient with the other sign, to persons alone",
          "[models][gradient-reversal]") {
  constexpr std::size_t kDimension = 5;
  const Dataset data = toy_people();
  const Parameters shared = toy_training();
  ThreadPool pool(1);
  // Steps too small to move a weight, and one of them, so that the reported loss is the one at the
  // point itself.
  const auto system =
      find_system("gradient-reversal")
          .make({data, shared, find_score("transe-dot").function(), kDimension,
                 find_optimizer("sgd"), 3, pool},
                reversal(
                    {{"lambda", "0.4"}, {"learning_rate", "1e-9"}, {"discriminator_steps", "1"}}));
  REQUIRE(system->adds_gradient());
  const ToyBatch toy(data);
  const Batch& batch = toy.batch;
  EmbeddingTable table;
  table.entities = normal_table(kToyEntities, kDimension, 71);
  const auto loss = [&] {
    FloatTable ignored(kToyEntities, kDimension);
    system->add_gradient(batch, table, ignored);
    double sum = 0.0;
    for (const auto& [name, value] : system->take_losses()) sum += value;
    return -0.4 * static_cast<double>(batch.positives.size()) * sum;
  };
  FloatTable gradient = normal_table(kToyEntities, kDimension, 72);
  const FloatTable likelihood = gradient;
  system->add_gradient(batch, table, gradient);
  static_cast<void>(system->take_losses());
  CHECK(padding_is_zero(gradient));
  std::size_t wrong = 0;
  for (std::uint32_t e = 0; e < kToyEntities; ++e) {
    for (std::size_t k = 0; k < kDimension; ++k) {
      const auto got = static_cast<double>(gradient.row(toy.slot[e])[k]) -
                       static_cast<double>(likelihood.row(toy.slot[e])[k]);
      if (e > kDee) {
        CHECK(got == 0.0);  // things, and Eve, of whom nothing is known
        continue;
      }
      constexpr float kEps = 2e-3F;
      float& at = table.entities.row(e)[k];
      const float before = at;
      at = before + kEps;
      const double above = loss();
      const double high = static_cast<double>(at);
      at = before - kEps;
      const double below = loss();
      const double slope = (above - below) / (high - static_cast<double>(at));
      at = before;
      if (got != Approx(slope).epsilon(0.03).margin(0.03)) ++wrong;
    }
  }
  CHECK(wrong <= 1);  // a kink of a LeakyReLU may lie between the two points
}

TEST_CASE("Gradient reversal with weight 0 trains the bits of Basic",
          "[models][gradient-reversal]") {
  const Dataset data = toy_town();
  const auto table = [&](const char* id, const Parameters& own) {
    ThreadPool pool(1);
    Trainer trainer(data, find_system(id), toy_training(), own, 3, pool);
    for (int i = 0; i < 3; ++i) trainer.run_epoch();
    return trainer.publish().front().scorer.table().digest();
  };
  const Digest basic = table("basic", {});
  CHECK(table("gradient-reversal", reversal({{"lambda", "0"}})) == basic);
  CHECK(table("gradient-reversal", reversal()) != basic);
}

TEST_CASE("Adversaries of raw rows learn, and the reversed gradient makes their task harder",
          "[models][gradient-reversal]") {
  const Dataset data = toy_town();
  const auto last_loss = [&](const char* lambda) {
    ThreadPool pool(1);
    Trainer trainer(data, find_system("gradient-reversal"), toy_training(),
                    reversal({{"lambda", lambda}, {"learning_rate", "0.01"}}), 3, pool);
    EpochReport report;
    for (int i = 0; i < 12; ++i) report = trainer.run_epoch();
    REQUIRE(report.losses.at(1).first == "discriminator.gender");
    return report.losses.at(1).second;
  };
  const double alone = last_loss("0");
  CHECK(alone < 0.4);
  CHECK(last_loss("3") > 1.5 * alone);
}
