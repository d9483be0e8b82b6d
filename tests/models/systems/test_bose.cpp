#include <algorithm>
#include <cmath>
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

Parameters bose(Changes changes = {}) {
  return parameters_of(find_system("bose").parameters(), changes);
}

std::vector<ModelView> trained(const Dataset& data, const std::string& id, const Parameters& own,
                               int epochs) {
  ThreadPool pool(1);
  Trainer trainer(data, find_system(id), toy_training(), own, 3, pool);
  for (int i = 0; i < epochs; ++i) trainer.run_epoch();
  return trainer.publish();
}

/// One Bose with a batch of all of toy people's triples and entities, in another order than ids.
struct Step {
  explicit Step(Changes changes, std::string_view optimizer = "sgd")
      : data(toy_people()), shared(toy_training()), pool(1), toy(data), batch(toy.batch) {
    system = find_system("bose").make({data, shared, find_score("transe-dot").function(),
                                       kDimension, find_optimizer(optimizer), 3, pool},
                                      bose(changes));
  }

  static constexpr std::size_t kDimension = 5;
  Dataset data;
  Parameters shared;
  ThreadPool pool;
  std::unique_ptr<System> system;
  ToyBatch toy;
  Batch batch;
};

}  // namespace

TEST_CASE("Bose shows one view of all filters and one of each", "[models][bose]") {
  const auto views = trained(toy_town(), "bose", bose(), 1);
  REQUIRE(views.size() == 3);
  CHECK(views[0].id == "a");
  CHECK_FALSE(views[0].attribute.has_value());
  CHECK(views[1].id == "s:gender");
  CHECK(views[1].attribute == "gender");
  CHECK(views[2].id == "s:ethnicity");
  CHECK(views[2].attribute == "ethnicity");
  for (std::size_t i = 0; i < 3; ++i) {
    const EmbeddingTable& table = views[i].scorer.table();
    CHECK(padding_is_zero(table.entities));
    CHECK(table.relations.digest() == views[0].scorer.table().relations.digest());
    for (std::size_t j = 0; j < i; ++j)
      CHECK(table.entities.digest() != views[j].scorer.table().entities.digest());
  }
}

TEST_CASE("The view of all filters is the mean, or the sum, of the single ones", "[models][bose]") {
  for (const char* compose : {"mean", "sum"}) {
    const auto views = trained(toy_town(), "bose", bose({{"compose", compose}}), 2);
    const double share = std::string(compose) == "mean" ? 0.5 : 1.0;
    for (std::uint32_t e = 0; e < 30; ++e) {
      for (std::size_t k = 0; k < 12; ++k) {
        const auto at = [&](std::size_t view) {
          return static_cast<double>(views[view].scorer.table().entities.row(e)[k]);
        };
        CHECK(at(0) == Approx(share * (at(1) + at(2))).epsilon(1e-4).margin(1e-5));
      }
    }
  }
}

TEST_CASE("Bose that never filters trains Basic and filters persons only on publishing",
          "[models][bose]") {
  const Dataset data = toy_town();
  const auto basic = trained(data, "basic", Parameters(find_system("basic").parameters()), 3);
  const auto views = trained(data, "bose", bose({{"keep", "0"}, {"scope", "persons"}}), 3);
  const EmbeddingTable& raw = basic.front().scorer.table();
  for (const ModelView& view : views) {
    const EmbeddingTable& table = view.scorer.table();
    CHECK(table.relations.digest() == raw.relations.digest());
    for (std::uint32_t e = 0; e < data.graph.entity_count(); ++e) {
      INFO("entity " << e);
      const bool same = row_of(table.entities, e) == row_of(raw.entities, e);
      CHECK(same == !data.attributes.is_person(EntityId(e)));
    }
  }
}

TEST_CASE("Bose's gradient goes back through filters, composition and discriminators",
          "[models][bose]") {
  for (const char* scope : {"all", "persons"}) {
    for (const char* compose : {"mean", "sum"}) {
      INFO(scope << ", " << compose);
      // Steps too small to move a weight, and one of them, so that the reported loss is the one at
      // the point itself.
      Step step({{"scope", scope},
                 {"compose", compose},
                 {"keep", "1"},
                 {"gamma", "0.4"},
                 {"learning_rate", "1e-9"},
                 {"discriminator_steps", "1"}});
      System& system = *step.system;
      FloatTable x = normal_table(kToyEntities, Step::kDimension, 81);
      const FloatTable weights = normal_table(kToyEntities, Step::kDimension, 82);
      FloatTable y(kToyEntities, Step::kDimension);
      // L = <weights, y> - gamma |positives| (CE_gender + CE_ethnicity)
      const auto loss = [&] {
        REQUIRE(system.transform(step.batch, x, y));
        double sum = 0.0;
        for (std::size_t i = 0; i < kToyEntities; ++i)
          for (std::size_t k = 0; k < Step::kDimension; ++k)
            sum += static_cast<double>(weights.row(i)[k]) * static_cast<double>(y.row(i)[k]);
        FloatTable none(kToyEntities, Step::kDimension);
        system.transform_gradient(step.batch, none);
        double adversaries = 0.0;
        for (const auto& [name, value] : system.take_losses()) adversaries += value;
        return sum - 0.4 * static_cast<double>(step.batch.positives.size()) * adversaries;
      };
      REQUIRE(system.transform(step.batch, x, y));
      CHECK(padding_is_zero(y));
      FloatTable gradient = weights;
      system.transform_gradient(step.batch, gradient);
      static_cast<void>(system.take_losses());
      CHECK(padding_is_zero(gradient));
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < kToyEntities; ++i) {
        for (std::size_t k = 0; k < Step::kDimension; ++k) {
          constexpr float kEps = 2e-3F;
          float& at = x.row(i)[k];
          const float before = at;
          at = before + kEps;
          const double above = loss();
          const double high = static_cast<double>(at);
          at = before - kEps;
          const double below = loss();
          const double slope = (above - below) / (high - static_cast<double>(at));
          at = before;
          const auto got = static_cast<double>(gradient.row(i)[k]);
          if (got == Approx(slope).epsilon(0.03).margin(0.03)) continue;
          ++wrong;
          UNSCOPED_INFO("entity " << step.toy.entities[i] << "[" << k << "]: gradient " << got
                                  << ", slope " << slope);
        }
      }
      // A kink of a LeakyReLU may lie between the two points.
      CHECK(wrong <= 1);
    }
  }
}

TEST_CASE("Only persons pass the filters when the scope says so", "[models][bose]") {
  Step step({{"scope", "persons"}, {"keep", "1"}});
  const FloatTable x = normal_table(kToyEntities, Step::kDimension, 83);
  FloatTable y(kToyEntities, Step::kDimension);
  REQUIRE(step.system->transform(step.batch, x, y));
  for (std::size_t i = 0; i < kToyEntities; ++i) {
    const bool same = row_of(x, i) == row_of(y, i);
    CHECK(same == (step.toy.entities[i] > kEve));
  }
}

TEST_CASE("An empty set of filters is a plain step", "[models][bose]") {
  Step step({{"keep", "0"}});
  const FloatTable x = normal_table(kToyEntities, Step::kDimension, 84);
  FloatTable y(kToyEntities, Step::kDimension);
  CHECK_FALSE(step.system->transform(step.batch, x, y));
  CHECK(step.system->take_losses().empty());
}

TEST_CASE("Filters are drawn anew for every batch, from the batch's number alone",
          "[models][bose]") {
  const FloatTable x = normal_table(kToyEntities, Step::kDimension, 85);
  FloatTable y(kToyEntities, Step::kDimension);
  const auto draws = [&](bool backwards) {
    Step step({{"keep", "0.5"}});
    std::vector<bool> drawn(40);
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      const std::size_t s = backwards ? drawn.size() - 1 - i : i;
      step.batch.step = s + 1;
      drawn[s] = step.system->transform(step.batch, x, y);
    }
    return drawn;
  };
  const std::vector<bool> drawn = draws(false);
  CHECK(drawn == draws(true));
  const auto filtered = std::count(drawn.begin(), drawn.end(), true);
  CHECK(filtered > 20);  // 3 of 4 in the mean
  CHECK(filtered < 40);
}

TEST_CASE("Discriminators learn, and the reward makes their task harder", "[models][bose]") {
  const Dataset data = toy_town();
  const auto last_loss = [&](const char* gamma) {
    ThreadPool pool(1);
    Trainer trainer(data, find_system("bose"), toy_training(),
                    bose({{"gamma", gamma}, {"keep", "1"}, {"learning_rate", "0.01"}}), 3, pool);
    EpochReport report;
    double first = 0.0;
    for (int i = 0; i < 8; ++i) {
      report = trainer.run_epoch();
      if (i == 0) first = report.losses.at(1).second;
    }
    REQUIRE(report.losses.at(1).first == "discriminator.gender");
    return std::pair(first, report.losses.at(1).second);
  };
  const auto [first, alone] = last_loss("0");
  CHECK(alone < 0.8 * first);
  const auto [ignored, opposed] = last_loss("30");
  static_cast<void>(ignored);
  CHECK(opposed > 1.3 * alone);
}
