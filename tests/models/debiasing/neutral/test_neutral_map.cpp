#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "models/debiasing/neutral/neutral_map.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/training_parameters.hpp"
#include "tests/models/reference.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;

namespace {

/// What NeutralMap needs of a graph with a random table.
struct MapWorld {
  MapWorld(std::string_view score_id, Dataset d, std::size_t threads = 1,
           std::initializer_list<std::pair<std::string_view, std::string_view>> changes = {})
      : data(std::move(d)),
        entry(find_score(score_id)),
        training(training_parameters()),
        pool(threads),
        parameters(parameters_of(parameter_table(), changes)),
        table(*normal_embedding(data, entry.function(), kDimension, false, 31)),
        candidates(kl_candidates(setup(), parameters, "neutral")),
        map(setup(), parameters, candidates) {
    for (const EntityId p : data.attributes.persons()) persons.push_back(p.value);
  }

  static const std::vector<ParameterSpec>& parameter_table() {
    static const std::vector<ParameterSpec> kTable = [] {
      std::vector<ParameterSpec> table = kl_candidate_parameters(1.0, 1.0);
      for (ParameterSpec& own : NeutralMap::parameter_table()) table.push_back(std::move(own));
      return table;
    }();
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
  NeutralMap map;
  std::vector<std::uint32_t> persons;
};

Doubles centred(Doubles values) {
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& v : values) v -= mean;
  return values;
}

}  // namespace

TEST_CASE("The proximal step is the minimum of the quadratic KL for dot products",
          "[models][neutral]") {
  for (const char* score : {"transe-dot", "distmult", "complex"}) {
    INFO(score);
    MapWorld world(score, toy_town(40), 1,
                   {{"weight_gender", "3"}, {"weight_ethnicity", "0.5"}, {"class_weight", "0"}});
    const EmbeddingTable before = world.table;
    std::vector<Doubles> mean_scores;
    {
      // The mean person's scores, asked of a row of its own.
      const Doubles mean = world.mean_person();
      MapWorld asked(score, toy_town(40));
      for (std::size_t k = 0; k < MapWorld::kDimension; ++k)
        asked.table.entities.row(world.persons[0])[k] = static_cast<float>(mean[k]);
      for (const KlCandidates& a : world.candidates)
        mean_scores.push_back(centred(asked.scores(world.persons[0], a)));
    }
    Batch batch;
    world.map.step(batch, world.table, world.persons, 1.0F);
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
    for (std::size_t k = 0; k < MapWorld::kDimension; ++k) {
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
          "[models][neutral]") {
  MapWorld light("transe-dot", toy_town(40), 1,
                 {{"weight_gender", "0.5"}, {"weight_ethnicity", "0.25"}, {"class_weight", "5"}});
  MapWorld heavy("transe-dot", toy_town(40), 1,
                 {{"weight_gender", "2"}, {"weight_ethnicity", "1"}, {"class_weight", "20"}});
  const EmbeddingTable before = light.table;
  Batch batch;
  light.map.step(batch, light.table, light.persons, 1.0F);
  heavy.map.step(batch, heavy.table, heavy.persons, 0.25F);
  const std::uint32_t person = light.persons[3];
  CHECK(row_of(light.table.entities, person) != row_of(before.entities, person));
  CHECK(light.table.digest() == heavy.table.digest());
  MapWorld still("transe-dot", toy_town(40));
  still.map.step(batch, still.table, still.persons, 0.0F);
  CHECK(still.table.digest() == before.digest());
}

TEST_CASE("The proximal step moves the given persons only", "[models][neutral]") {
  MapWorld world("transe-dot", toy_town(40));
  const EmbeddingTable before = world.table;
  Batch batch;
  const std::vector<std::uint32_t> two = {world.persons[3], world.persons[4]};
  world.map.step(batch, world.table, two, 1.0F);
  for (std::uint32_t e = 0; e < world.data.graph.entity_count(); ++e) {
    const bool moved = row_of(world.table.entities, e) != row_of(before.entities, e);
    CHECK(moved == (e == two[0] || e == two[1]));
  }
  CHECK(world.table.relations.digest() == before.relations.digest());
  CHECK(padding_is_zero(world.table.entities));
}

TEST_CASE("A finished table gives every person the mean person's scores", "[models][neutral]") {
  for (const char* score : {"transe-dot", "transe-l2"}) {
    INFO(score);
    MapWorld world(score, toy_town(61), 1,
                   {{"weight_gender", "1e6"}, {"weight_ethnicity", "1e6"}, {"class_weight", "0"}});
    const Digest relations = world.table.relations.digest();
    world.map.finish(world.table);
    CHECK(world.table.relations.digest() == relations);
    for (const KlCandidates& a : world.candidates) {
      // Distances are compared through their squares: at another distance from the values their
      // differences are as much larger or smaller.
      const Doubles first = centred(world.scores(world.persons[0], a));
      for (const std::uint32_t p : world.persons) {
        const Doubles s = centred(world.scores(p, a));
        for (std::size_t m = 0; m < s.size() && std::string(score) == "transe-dot"; ++m)
          CHECK(s[m] == Approx(first[m]).margin(2e-3));
        CHECK((s[0] > s[1]) == (first[0] > first[1]));
      }
    }
  }
}

TEST_CASE("Equal class means leave the planted difference between the genders nowhere",
          "[models][neutral]") {
  const auto difference = [](const MapWorld& world) {
    Doubles sums(MapWorld::kDimension, 0.0);
    for (std::size_t i = 0; i < world.persons.size(); ++i) {
      const Doubles row = row_of(world.table.entities, world.persons[i]);
      for (std::size_t k = 0; k < row.size(); ++k) sums[k] += i % 2 == 0 ? row[k] : -row[k];
    }
    double norm = 0.0;
    for (const double s : sums) norm += s * s;
    return std::sqrt(norm) * 2.0 / static_cast<double>(world.persons.size());
  };
  for (const bool by_class : {false, true}) {
    MapWorld world("transe-dot", toy_town(60), 1, {{"class_weight", by_class ? "1e6" : "0"}});
    for (std::size_t i = 0; i < world.persons.size(); i += 2) {
      world.table.entities.row(world.persons[i])[2] += 3.0F;
    }
    CHECK(difference(world) > 2.5);
    world.map.finish(world.table);
    if (by_class) {
      CHECK(difference(world) < 1e-3);
    } else {
      CHECK(difference(world) > 1.0);
    }
  }
}

TEST_CASE("With strata the class means agree within professions too", "[models][neutral]") {
  // toy_town: gender 0 is kMale and goes with professions 5 .. 7.
  const auto largest = [](const MapWorld& world) {
    const auto& profession = *world.data.attributes.profession();
    double most = 0.0;
    for (std::uint32_t o = 0; o < 3; ++o) {
      Doubles sum[2] = {Doubles(MapWorld::kDimension, 0.0), Doubles(MapWorld::kDimension, 0.0)};
      double n[2] = {0.0, 0.0};
      for (std::size_t i = 0; i < world.persons.size(); ++i) {
        const auto values = profession.train_values(EntityId(world.persons[i]));
        if (values.empty() || values.front() != o) continue;
        const Doubles row = row_of(world.table.entities, world.persons[i]);
        for (std::size_t k = 0; k < row.size(); ++k) sum[i % 2][k] += row[k];
        n[i % 2] += 1.0;
      }
      if (n[0] < 10.0 || n[1] < 10.0) continue;
      for (std::size_t k = 0; k < MapWorld::kDimension; ++k)
        most = std::max(most, std::abs(sum[0][k] / n[0] - sum[1][k] / n[1]));
    }
    return most;
  };
  MapWorld plain("transe-dot", toy_town(2000), 1, {{"class_weight", "1e6"}});
  MapWorld strata("transe-dot", toy_town(2000), 1, {{"class_weight", "1e6"}, {"strata", "3"}});
  for (MapWorld* world : {&plain, &strata}) {
    const auto& profession = *world->data.attributes.profession();
    for (std::size_t i = 0; i < world->persons.size(); i += 2) {
      const auto o = profession.train_values(EntityId(world->persons[i])).front();
      world->table.entities.row(world->persons[i])[o] += 2.0F;
    }
    world->map.finish(world->table);
  }
  CHECK(largest(strata) < 1e-2);
  CHECK(largest(plain) > 0.5);
}

TEST_CASE("Proximal steps have the same bits for any number of threads", "[models][neutral]") {
  std::vector<Digest> digests;
  for (const std::size_t threads : {1U, 2U, 4U}) {
    MapWorld world("transe-dot", toy_town(400), threads,
                   {{"class_weight", "300"}, {"strata", "2"}});
    Batch batch;
    for (batch.index = 0; batch.index < 9; ++batch.index)
      world.map.step(batch, world.table, world.persons, 1.0F);
    world.map.finish(world.table);
    digests.push_back(world.table.digest());
  }
  CHECK(digests[0] == digests[1]);
  CHECK(digests[0] == digests[2]);
}

TEST_CASE("An epoch of proximal steps starts from the tables alone", "[models][neutral]") {
  MapWorld used("transe-dot", toy_town(40));
  MapWorld fresh("transe-dot", toy_town(40));
  Batch batch;
  EmbeddingTable aside = fresh.table;
  for (batch.index = 0; batch.index < 3; ++batch.index)
    used.map.step(batch, aside, used.persons, 1.0F);
  batch.index = 0;
  used.map.step(batch, used.table, used.persons, 1.0F);
  fresh.map.step(batch, fresh.table, fresh.persons, 1.0F);
  CHECK(used.table.digest() == fresh.table.digest());
}
