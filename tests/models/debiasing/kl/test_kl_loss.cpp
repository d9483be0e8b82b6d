#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/debiasing/kl/kl_loss.hpp"
#include "tests/models/debiasing/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

namespace {

using Changes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

KlLoss loss_of(ToyWorld& world, Changes changes = {}, KlReduction reduction = KlReduction::kMean) {
  static const std::vector<ParameterSpec> kTable = kl_candidate_parameters(1.0, 1.0);
  return {world.setup(), kl_candidates(world.setup(), parameters_of(kTable, changes), "kl"),
          reduction};
}

/// L_KL over the persons, straight from the paper's formula.
double reference_loss(const ToyWorld& world, const std::vector<std::uint32_t>& persons,
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
  const KlTarget uniform(std::vector<float>(3, 1.0F / 3.0F));
  std::vector<float> g(3);
  CHECK(kl_to_target(s, uniform, g) == Approx(0.308993675776).epsilon(1e-6));
  CHECK(static_cast<double>(g[0]) == Approx(0.331907622).epsilon(1e-6));
  CHECK(static_cast<double>(g[1]) == Approx(-0.088604862).epsilon(1e-6));
  CHECK(static_cast<double>(g[2]) == Approx(-0.243302760).epsilon(1e-6));
}

TEST_CASE("KL of two scores with gap x is ln cosh(x / 2), wherever they lie", "[models][kl]") {
  const KlTarget half(std::vector<float>(2, 0.5F));
  std::vector<float> g(2);
  CHECK(kl_to_target(std::vector<float>{2.0F, 0.0F}, half, g) == Approx(0.433780830483));
  CHECK(kl_to_target(std::vector<float>{302.0F, 300.0F}, half, g) == Approx(0.433780830483));
  CHECK(kl_to_target(std::vector<float>{-4.0F, -4.0F}, half, g) == Approx(0.0).margin(1e-12));
  for (const float x : g) CHECK(static_cast<double>(x) == Approx(0.0).margin(1e-12));
  CHECK(kl_to_target(std::vector<float>{400.0F, -400.0F}, half, g) ==
        Approx(400.0 - std::log(2.0)));
}

TEST_CASE("Shares that do not sum to 1 exactly leave KL where it was, however far off scores lie",
          "[models][kl]") {
  const KlTarget thirds(std::vector<float>(3, 1.0F / 3.0F));
  std::vector<float> g(3);
  CHECK(kl_to_target(std::vector<float>{30002.0F, 30001.0F, 30000.0F}, thirds, g) ==
        Approx(0.308993675776).epsilon(1e-6));
}

TEST_CASE("KL of a score that is no number is no number", "[models][kl]") {
  const KlTarget thirds(std::vector<float>(3, 1.0F / 3.0F));
  for (std::size_t place = 0; place < 3; ++place) {
    std::vector<float> scores = {2.0F, 1.0F, 0.0F};
    scores[place] = std::nanf("");
    std::vector<float> g(3);
    CHECK(std::isnan(kl_to_target(scores, thirds, g)));
    CHECK(std::isnan(g[0]));
  }
}

TEST_CASE("KL takes 0 for values whose target share is 0", "[models][kl]") {
  std::vector<float> g(2);
  const KlTarget first({1.0F, 0.0F});
  CHECK(kl_to_target(std::vector<float>{0.0F, 0.0F}, first, g) == Approx(std::log(2.0)));
  CHECK(g == std::vector<float>{-0.5F, 0.5F});
}

TEST_CASE("The KL loss and its gradient are the paper's for every score", "[models][kl]") {
  const std::vector<std::uint32_t> persons = {kDee, kAnn, kEve, kCy};
  for (const ScoreEntry* entry : scores()) {
    for (const bool empirical : {false, true}) {
      INFO(std::string(entry->id) << (empirical ? ", empirical" : ", uniform"));
      ToyWorld world(entry->id);
      KlLoss kl = loss_of(world, {{"weight_gender", "3"},
                                  {"weight_ethnicity", "0.5"},
                                  {"target", empirical ? "empirical" : "uniform"}});
      FloatTable gradient = normal_table(persons.size(), ToyWorld::kDimension, 1);
      const double loss = kl.loss_and_gradient(world.table, persons, gradient);
      std::vector<Doubles> rows;
      for (const std::uint32_t p : persons) rows.push_back(row_of(world.table.entities, p));
      const auto reference = [&] {
        return reference_loss(world, persons, rows, {3.0, 0.5}, {2, 30}, empirical);
      };
      CHECK(loss == Approx(reference()).epsilon(1e-5));
      for (std::size_t p = 0; p < persons.size(); ++p) {
        for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
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
  ToyWorld world("transe-dot");
  const std::vector<std::uint32_t> persons = {kAnn, kBob};
  std::vector<Doubles> rows;
  for (const std::uint32_t p : persons) rows.push_back(row_of(world.table.entities, p));
  KlLoss kl =
      loss_of(world, {{"candidates", "2"}, {"weight_gender", "0"}, {"weight_ethnicity", "1"}});
  FloatTable gradient(2, ToyWorld::kDimension);
  const double two = reference_loss(world, persons, rows, {0.0, 1.0}, {2, 2}, false);
  const double three = reference_loss(world, persons, rows, {0.0, 1.0}, {2, 3}, false);
  CHECK(std::abs(two - three) > 1e-3);
  CHECK(kl.loss_and_gradient(world.table, persons, gradient) == Approx(two).epsilon(1e-5));
}

TEST_CASE("The KL gradient over many persons has the same bits for any number of threads",
          "[models][kl]") {
  std::vector<Digest> digests;
  std::vector<double> losses;
  for (const std::size_t threads : {1U, 2U, 4U}) {
    ToyWorld world("transe-l2", toy_town(150), threads);
    KlLoss kl = loss_of(world);
    std::vector<std::uint32_t> persons;
    for (std::uint32_t i = 0; i < 150; ++i) persons.push_back(kFirstTownPerson + i);
    FloatTable gradient = normal_table(persons.size(), ToyWorld::kDimension, threads);
    losses.push_back(kl.loss_and_gradient(world.table, persons, gradient));
    digests.push_back(gradient.digest());
  }
  CHECK(losses[0] == losses[1]);
  CHECK(losses[0] == losses[2]);
  CHECK(digests[0] == digests[1]);
  CHECK(digests[0] == digests[2]);
  CHECK(losses[0] > 0.0);
}

TEST_CASE("Summed, many persons have the loss and the gradient that each has alone",
          "[models][kl]") {
  for (const char* score : {"transe-dot", "transe-l1"}) {
    INFO(score);
    ToyWorld world(score, toy_town(150), 2);
    KlLoss kl = loss_of(world, {}, KlReduction::kSum);
    std::vector<std::uint32_t> persons;
    for (std::uint32_t i = 0; i < 150; ++i) persons.push_back(kFirstTownPerson + i);
    FloatTable together = normal_table(persons.size(), ToyWorld::kDimension, 4);
    const double loss = kl.loss_and_gradient(world.table, persons, together);
    double sum = 0.0;
    for (std::size_t i = 0; i < persons.size(); ++i) {
      FloatTable alone = normal_table(1, ToyWorld::kDimension, 5);
      sum += kl.loss_and_gradient(world.table, {&persons[i], 1}, alone);
      for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
        CHECK(static_cast<double>(together.row(i)[k]) ==
              Approx(static_cast<double>(alone.row(0)[k])).epsilon(1e-4).margin(1e-6));
      }
    }
    CHECK(loss == Approx(sum));
  }
}

TEST_CASE("The summed KL loss is the mean one times the persons", "[models][kl]") {
  ToyWorld world("transe-dot");
  const std::vector<std::uint32_t> persons = {kDee, kAnn, kEve, kCy};
  KlLoss mean = loss_of(world);
  KlLoss sum = loss_of(world, {}, KlReduction::kSum);
  FloatTable of_mean(persons.size(), ToyWorld::kDimension);
  FloatTable of_sum(persons.size(), ToyWorld::kDimension);
  const double averaged = mean.loss_and_gradient(world.table, persons, of_mean);
  CHECK(sum.loss_and_gradient(world.table, persons, of_sum) == Approx(4.0 * averaged));
  for (std::size_t p = 0; p < persons.size(); ++p) {
    for (std::size_t k = 0; k < ToyWorld::kDimension; ++k) {
      CHECK(of_sum.row(p)[k] == 4.0F * of_mean.row(p)[k]);  // a power of 2: the same digits
    }
  }
  // What is reported is per person either way.
  CHECK(sum.take_losses() == mean.take_losses());
}

TEST_CASE("The KL losses are named per attribute and start anew after they are taken",
          "[models][kl]") {
  ToyWorld world("transe-dot");
  KlLoss kl = loss_of(world, {{"weight_gender", "1"}, {"weight_ethnicity", "100"}});
  CHECK(kl.take_losses().empty());
  const std::vector<std::uint32_t> persons = {kAnn, kBob};
  FloatTable gradient(2, ToyWorld::kDimension);
  const double total = kl.loss_and_gradient(world.table, persons, gradient);
  const auto losses = kl.take_losses();
  REQUIRE(losses.size() == 2);
  CHECK(losses[0].first == "kl.gender");
  CHECK(losses[1].first == "kl.ethnicity");
  CHECK((1.0 * losses[0].second + 100.0 * losses[1].second) / 2.0 == Approx(total));
  CHECK(kl.take_losses().empty());
}
