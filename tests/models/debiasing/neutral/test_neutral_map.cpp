#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "models/debiasing/kl/kl_debiasing.hpp"
#include "models/debiasing/kl/kl_proximal.hpp"
#include "models/debiasing/kl/neutral_step.hpp"
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

using Matrix = NeutralStep::Matrix;

FloatTable table_of(std::initializer_list<std::vector<float>> rows) {
  FloatTable table(rows.size(), rows.begin()->size());
  std::size_t i = 0;
  for (const std::vector<float>& row : rows) {
    std::copy(row.begin(), row.end(), table.row(i++));
  }
  return table;
}

/// Where the step with one group of conditions takes the only row of `x`.
std::vector<float> stepped(const Matrix& conditions, const Eigen::VectorXf& values, float weight,
                           std::initializer_list<float> x) {
  FloatTable table = table_of({std::vector<float>(x)});
  NeutralStep step(x.size());
  step.add(conditions, values, weight);
  step.prepare();
  ThreadPool pool(1);
  const std::vector<std::uint32_t> rows = {0};
  step.take(table, rows, pool);
  const auto out = table.values(0);
  return {out.begin(), out.end()};
}

/// What KlProximal needs of a graph with a random table.
struct ProximalWorld {
  ProximalWorld(std::string_view score_id, Dataset d, std::size_t threads = 1,
                std::initializer_list<std::pair<std::string_view, std::string_view>> changes = {})
      : data(std::move(d)),
        entry(find_score(score_id)),
        training(training_parameters()),
        pool(threads),
        parameters(parameters_of(parameter_table(), changes)),
        table(*normal_embedding(data, entry.function(), kDimension, false, 31)),
        candidates(kl_candidates(setup(), parameters)),
        proximal(setup(), parameters, candidates) {
    for (const EntityId p : data.attributes.persons()) persons.push_back(p.value);
  }

  static const std::vector<ParameterSpec>& parameter_table() {
    static const std::vector<ParameterSpec> kTable = KlDebiasing::parameter_table();
    return kTable;
  }
  [[nodiscard]] TrainingSetup setup() {
    return {data, training, entry.function(), kDimension, find_optimizer("row-adagrad"), 1, pool};
  }
  /// S_m of one person over an attribute's values, by the roster's formula.
  [[nodiscard]] Doubles scores(std::uint32_t person, const KlCandidates& a) const {
    Doubles all;
    const Doubles relation = row_of(table.relations, a.relation);
    const Doubles row = row_of(table.entities, person);
    for (const std::uint32_t value : a.entities) {
      const Doubles of = row_of(table.entities, value);
      all.push_back(a.inverse ? reference_score(entry.id, of, relation, row)
                              : reference_score(entry.id, row, relation, of));
    }
    return all;
  }
  [[nodiscard]] Doubles mean_person() const {
    Doubles mean(kDimension, 0.0);
    for (const std::uint32_t p : persons) {
      const Doubles row = row_of(table.entities, p);
      for (std::size_t k = 0; k < kDimension; ++k)
        mean[k] += row[k] / static_cast<double>(persons.size());
    }
    return mean;
  }

  static constexpr std::size_t kDimension = 12;
  Dataset data;
  const ScoreEntry& entry;
  Parameters training;
  ThreadPool pool;
  Parameters parameters;
  EmbeddingTable table;
  std::vector<KlCandidates> candidates;
  KlProximal proximal;
  std::vector<std::uint32_t> persons;
};

Doubles centred(Doubles values) {
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& v : values) v -= mean;
  return values;
}

}  // namespace

TEST_CASE("The neutral step goes w / (1 + w) of the way to a unit condition", "[models][kl]") {
  const Matrix a{{1.0F, 0.0F}};
  const Eigen::VectorXf c = Eigen::VectorXf::Constant(1, 1.0F);
  CHECK(stepped(a, c, 1.0F, {3.0F, 5.0F}) == std::vector<float>{2.0F, 5.0F});
  CHECK(static_cast<double>(stepped(a, c, 3.0F, {3.0F, 5.0F})[0]) == Approx(1.5));
  CHECK(stepped(a, c, 0.0F, {3.0F, 5.0F}) == std::vector<float>{3.0F, 5.0F});
  CHECK(stepped(2.0F * a, 2.0F * c, 0.25F, {3.0F, 5.0F}) == std::vector<float>{2.0F, 5.0F});
}

TEST_CASE("Heavy conditions are met exactly, also when they repeat one another", "[models][kl]") {
  const Matrix a{{1.0F, 1.0F, 0.0F}, {2.0F, 2.0F, 0.0F}, {0.0F, 0.0F, 4.0F}};
  const Eigen::VectorXf c{{2.0F, 4.0F, 8.0F}};
  const auto x = stepped(a, c, 1e6F, {5.0F, 1.0F, 0.0F});
  CHECK(static_cast<double>(x[0]) == Approx(3.0).epsilon(1e-5));  // (5, 1) to the line x + y = 2
  CHECK(static_cast<double>(x[1]) == Approx(-1.0).epsilon(1e-5));
  CHECK(static_cast<double>(x[2]) == Approx(2.0).epsilon(1e-5));
}

TEST_CASE("A neutral step without conditions moves nothing", "[models][kl]") {
  FloatTable table = table_of({{1.0F, 2.0F}});
  NeutralStep step(2);
  step.prepare();
  ThreadPool pool(1);
  const std::vector<std::uint32_t> rows = {0};
  step.take(table, rows, pool);
  CHECK(step.empty());
  CHECK(table.row(0)[0] == 1.0F);
  CHECK(table.row(0)[1] == 2.0F);
}

TEST_CASE("The proximal step is the minimum of the quadratic KL for dot products", "[models][kl]") {
  for (const char* score : {"transe-dot", "distmult", "complex"}) {
    INFO(score);
    ProximalWorld world(
        score, toy_town(40), 1,
        {{"weight_gender", "3"}, {"weight_ethnicity", "0.5"}, {"class_weight", "0"}});
    const EmbeddingTable before = world.table;
    std::vector<Doubles> mean_scores;
    {
      // The mean person's scores, asked of a row of its own.
      const Doubles mean = world.mean_person();
      ProximalWorld asked(score, toy_town(40));
      for (std::size_t k = 0; k < ProximalWorld::kDimension; ++k)
        asked.table.entities.row(world.persons[0])[k] = static_cast<float>(mean[k]);
      for (const KlCandidates& a : world.candidates)
        mean_scores.push_back(centred(asked.scores(world.persons[0], a)));
    }
    Batch batch;
    world.proximal.step(batch, world.table, world.persons, 1.0F);
    // 1/2 |y - x|^2 + sum_j w_j / (2 M J) sum_m (S_m - mean S - c_m)^2 at y must not fall in any
    // direction.
    const std::uint32_t person = world.persons[7];
    const Doubles x = row_of(before.entities, person);
    const Doubles y = row_of(world.table.entities, person);
    const auto objective = [&](const Doubles& at) {
      for (std::size_t k = 0; k < at.size(); ++k)
        world.table.entities.row(person)[k] = static_cast<float>(at[k]);
      double sum = 0.0;
      for (std::size_t k = 0; k < at.size(); ++k) sum += 0.5 * (at[k] - x[k]) * (at[k] - x[k]);
      for (std::size_t j = 0; j < world.candidates.size(); ++j) {
        const KlCandidates& a = world.candidates[j];
        const Doubles s = centred(world.scores(person, a));
        const double share = static_cast<double>(a.weight) /
                             static_cast<double>(a.entities.size() * world.candidates.size());
        for (std::size_t m = 0; m < s.size(); ++m) {
          sum += 0.5 * share * (s[m] - mean_scores[j][m]) * (s[m] - mean_scores[j][m]);
        }
      }
      return sum;
    };
    const double reached = objective(y);
    CHECK(reached < 0.9 * objective(x));
    for (std::size_t k = 0; k < ProximalWorld::kDimension; ++k) {
      for (const double sign : {-1.0, 1.0}) {
        Doubles aside = y;
        aside[k] += sign * 0.02;
        INFO("coordinate " << k);
        CHECK(objective(aside) > reached);
      }
    }
  }
}

TEST_CASE("A share of the weights is a proximal step with weights so much smaller",
          "[models][kl]") {
  ProximalWorld light(
      "transe-dot", toy_town(40), 1,
      {{"weight_gender", "0.5"}, {"weight_ethnicity", "0.25"}, {"class_weight", "5"}});
  ProximalWorld heavy("transe-dot", toy_town(40), 1,
                      {{"weight_gender", "2"}, {"weight_ethnicity", "1"}, {"class_weight", "20"}});
  const EmbeddingTable before = light.table;
  Batch batch;
  light.proximal.step(batch, light.table, light.persons, 1.0F);
  heavy.proximal.step(batch, heavy.table, heavy.persons, 0.25F);
  const std::uint32_t person = light.persons[3];
  CHECK(row_of(light.table.entities, person) != row_of(before.entities, person));
  CHECK(light.table.digest() == heavy.table.digest());
  ProximalWorld still("transe-dot", toy_town(40));
  still.proximal.step(batch, still.table, still.persons, 0.0F);
  CHECK(still.table.digest() == before.digest());
}

TEST_CASE("The proximal step moves the given persons only", "[models][kl]") {
  ProximalWorld world("transe-dot", toy_town(40));
  const EmbeddingTable before = world.table;
  Batch batch;
  const std::vector<std::uint32_t> two = {world.persons[3], world.persons[4]};
  world.proximal.step(batch, world.table, two, 1.0F);
  for (std::uint32_t e = 0; e < world.data.graph.entity_count(); ++e) {
    const bool moved = row_of(world.table.entities, e) != row_of(before.entities, e);
    CHECK(moved == (e == two[0] || e == two[1]));
  }
  CHECK(world.table.relations.digest() == before.relations.digest());
  CHECK(padding_is_zero(world.table.entities));
}

TEST_CASE("Finished tables give every person the shares G of each value", "[models][kl]") {
  for (const char* score : {"transe-dot", "transe-l2"}) {
    for (const bool empirical : {false, true}) {
      INFO(score << (empirical ? ", empirical" : ", uniform"));
      ProximalWorld world(score, toy_town(61), 1,
                          {{"weight_gender", "1e6"},
                           {"weight_ethnicity", "1e6"},
                           {"class_weight", "0"},
                           {"target", empirical ? "empirical" : "uniform"}});
      world.proximal.finish(world.table);
      const KlCandidates& gender = world.candidates.front();
      REQUIRE(gender.id == "gender");
      double furthest = 0.0;
      for (const std::uint32_t p : world.persons) {
        const Doubles s = world.scores(p, gender);
        const auto g = [&](std::size_t m) { return static_cast<double>(gender.target[m]); };
        furthest = std::max(furthest, std::abs(s[0] - s[1] - std::log(g(0) / g(1))));
      }
      // Distances are compared through their squares, which is exact at equal shares only.
      CHECK(furthest < (empirical && std::string(score) == "transe-l2" ? 0.05 : 2e-3));
      const KlCandidates& people = world.candidates.back();
      REQUIRE(people.inverse);
      const Doubles first = centred(world.scores(world.persons[0], people));
      for (const std::uint32_t p : world.persons) {
        const Doubles s = centred(world.scores(p, people));
        for (std::size_t m = 0; m < s.size() && std::string(score) == "transe-dot"; ++m)
          CHECK(s[m] == Approx(first[m]).margin(2e-3));
      }
    }
  }
}

TEST_CASE("Equal class means leave the planted difference between the genders nowhere",
          "[models][kl]") {
  const auto difference = [](const ProximalWorld& world) {
    Doubles sums(ProximalWorld::kDimension, 0.0);
    for (std::size_t i = 0; i < world.persons.size(); ++i) {
      const Doubles row = row_of(world.table.entities, world.persons[i]);
      for (std::size_t k = 0; k < row.size(); ++k) sums[k] += i % 2 == 0 ? row[k] : -row[k];
    }
    double norm = 0.0;
    for (const double s : sums) norm += s * s;
    return std::sqrt(norm) * 2.0 / static_cast<double>(world.persons.size());
  };
  for (const bool by_class : {false, true}) {
    ProximalWorld world("transe-dot", toy_town(60), 1, {{"class_weight", by_class ? "1e6" : "0"}});
    for (std::size_t i = 0; i < world.persons.size(); i += 2) {
      world.table.entities.row(world.persons[i])[2] += 3.0F;
    }
    CHECK(difference(world) > 2.5);
    world.proximal.finish(world.table);
    if (by_class) {
      CHECK(difference(world) < 1e-3);
    } else {
      CHECK(difference(world) > 1.0);
    }
  }
}

TEST_CASE("With strata the class means agree within professions too", "[models][kl]") {
  // toy_town: gender 0 is kMale and goes with professions 5 .. 7.
  const auto largest = [](const ProximalWorld& world) {
    const auto& profession = *world.data.attributes.profession();
    double most = 0.0;
    for (std::uint32_t o = 0; o < 3; ++o) {
      Doubles sum[2] = {Doubles(ProximalWorld::kDimension, 0.0),
                        Doubles(ProximalWorld::kDimension, 0.0)};
      double n[2] = {0.0, 0.0};
      for (std::size_t i = 0; i < world.persons.size(); ++i) {
        const auto values = profession.train_values(EntityId(world.persons[i]));
        if (values.empty() || values.front() != o) continue;
        const Doubles row = row_of(world.table.entities, world.persons[i]);
        for (std::size_t k = 0; k < row.size(); ++k) sum[i % 2][k] += row[k];
        n[i % 2] += 1.0;
      }
      if (n[0] < 10.0 || n[1] < 10.0) continue;
      for (std::size_t k = 0; k < ProximalWorld::kDimension; ++k)
        most = std::max(most, std::abs(sum[0][k] / n[0] - sum[1][k] / n[1]));
    }
    return most;
  };
  ProximalWorld plain("transe-dot", toy_town(2000), 1, {{"class_weight", "1e6"}});
  ProximalWorld strata("transe-dot", toy_town(2000), 1, {{"class_weight", "1e6"}, {"strata", "3"}});
  for (ProximalWorld* world : {&plain, &strata}) {
    const auto& profession = *world->data.attributes.profession();
    for (std::size_t i = 0; i < world->persons.size(); i += 2) {
      const auto o = profession.train_values(EntityId(world->persons[i])).front();
      world->table.entities.row(world->persons[i])[o] += 2.0F;
    }
    world->proximal.finish(world->table);
  }
  CHECK(largest(strata) < 1e-2);
  CHECK(largest(plain) > 0.5);
}

TEST_CASE("Proximal steps have the same bits for any number of threads", "[models][kl]") {
  std::vector<Digest> digests;
  for (const std::size_t threads : {1U, 2U, 4U}) {
    ProximalWorld world("transe-dot", toy_town(400), threads, {{"strata", "2"}});
    Batch batch;
    for (batch.index = 0; batch.index < 9; ++batch.index)
      world.proximal.step(batch, world.table, world.persons, 1.0F);
    world.proximal.finish(world.table);
    digests.push_back(world.table.digest());
  }
  CHECK(digests[0] == digests[1]);
  CHECK(digests[0] == digests[2]);
}

TEST_CASE("An epoch of proximal steps starts from the tables alone", "[models][kl]") {
  ProximalWorld used("transe-dot", toy_town(40));
  ProximalWorld fresh("transe-dot", toy_town(40));
  Batch batch;
  EmbeddingTable aside = fresh.table;
  for (batch.index = 0; batch.index < 3; ++batch.index)
    used.proximal.step(batch, aside, used.persons, 1.0F);
  batch.index = 0;
  used.proximal.step(batch, used.table, used.persons, 1.0F);
  fresh.proximal.step(batch, fresh.table, fresh.persons, 1.0F);
  CHECK(used.table.digest() == fresh.table.digest());
}

TEST_CASE("The proximal update is refused for distances it cannot solve for, and auto avoids it",
          "[models][kl]") {
  Dataset data = toy_people();
  ThreadPool pool(1);
  const Parameters training(training_parameters());
  const TrainingSetup setup{
      data, training, find_score("transe-l1").function(), 6, find_optimizer("row-adagrad"),
      1,    pool};
  const std::vector<ParameterSpec> table = KlDebiasing::parameter_table();
  try {
    const KlDebiasing debiasing(setup, parameters_of(table, {{"update", "proximal"}}));
    FAIL("nothing was refused");
  } catch (const InputError& error) {
    CHECK(error.code() == ExitCode::kUsage);
    CHECK(std::string(error.what()).find("update = own") != std::string::npos);
  }
  CHECK_NOTHROW(KlDebiasing(setup, parameters_of(table, {})));
}
