#include <map>
#include <tuple>
#include <vector>

#include "models/debiasing/rebalancing.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Dataset;
using datasets::PersonAttribute;
using datasets::PersonRelation;
using datasets::Triple;

namespace {

// Entities: 0 man, 1 woman, 2 other, 3 cook, 4 pilot, 5 .. persons.
constexpr std::uint32_t kCook = 3, kPilot = 4;
constexpr std::uint32_t kIs = 0, kWorks = 1;

/// Cooks: three men, one woman, one person of both, one of whom nothing is known.
/// Pilots: two men.
struct Kitchen {
  explicit Kitchen(bool inverse = false) {
    const auto works = [&](std::uint32_t person, std::uint32_t job) {
      train.push_back(inverse ? triple(job, kWorks, person) : triple(person, kWorks, job));
    };
    for (std::uint32_t p = 5; p < 8; ++p) train.push_back(triple(p, kIs, 0)), works(p, kCook);
    train.push_back(triple(8, kIs, 1)), works(8, kCook);
    train.push_back(triple(9, kIs, 0)), train.push_back(triple(9, kIs, 1)), works(9, kCook);
    works(10, kCook);
    for (std::uint32_t p = 11; p < 13; ++p) train.push_back(triple(p, kIs, 0)), works(p, kPilot);
    profession = {"profession", RelationId(kWorks), inverse};
    std::vector<std::string> entities, relations = {"is", "works"};
    for (int e = 0; e < 13; ++e) entities.push_back("e" + std::to_string(e));
    graph = datasets::KnowledgeGraph(datasets::Vocabulary(entities),
                                     datasets::Vocabulary(relations), train, {}, {});
  }
  [[nodiscard]] double weight(std::uint32_t person, const RebalancingOptions& options) const {
    const PersonAttribute gender({"gender", RelationId(kIs), false}, graph);
    const std::vector<double> weights = rebalancing_weights(train, gender, profession, options);
    for (std::size_t i = 0; i < train.size(); ++i) {
      if (train[i].relation == RelationId(kWorks) &&
          profession.person(train[i]) == EntityId(person)) {
        return weights[i];
      }
      if (train[i].relation == RelationId(kIs)) CHECK(weights[i] == 1.0);
    }
    return -1.0;
  }
  std::vector<Triple> train;
  PersonRelation profession;
  datasets::KnowledgeGraph graph;
};

}  // namespace

TEST_CASE("Rebalancing weights are those worked out by hand", "[models][rebalance]") {
  for (const bool inverse : {false, true}) {
    const Kitchen kitchen(inverse);
    // Cooks of known gender: 5, of them 3.5 men and 1.5 women. Equal shares: 5 / (2 * 3.5) for a
    // man, 5 / (2 * 1.5) for a woman, their mean for the person of both.
    const RebalancingOptions equal;
    CHECK(kitchen.weight(5, equal) == Approx(5.0 / 7.0));
    CHECK(kitchen.weight(7, equal) == Approx(5.0 / 7.0));
    CHECK(kitchen.weight(8, equal) == Approx(5.0 / 3.0));
    CHECK(kitchen.weight(9, equal) == Approx((5.0 / 7.0 + 5.0 / 3.0) / 2.0));
    CHECK(kitchen.weight(10, equal) == 1.0);
    // No woman flies: there is nobody to weigh up.
    CHECK(kitchen.weight(11, equal) == Approx(1.0));
    // All persons with a profession: 5.5 men and 1.5 women of 7.
    const RebalancingOptions population{30, false, 10.0};
    CHECK(kitchen.weight(5, population) == Approx(5.5 / 7.0 / (3.5 / 5.0)));
    CHECK(kitchen.weight(8, population) == Approx(1.5 / 7.0 / (1.5 / 5.0)));
    CHECK(kitchen.weight(12, population) == Approx(1.0));
    // The weights of a profession have mean 1, persons of both counted in halves.
    CHECK(3.0 * kitchen.weight(5, equal) + kitchen.weight(8, equal) + kitchen.weight(9, equal) ==
          Approx(5.0));
  }
}

TEST_CASE("Professions stated by two relations are weighed as by one", "[models][rebalance]") {
  const Kitchen forward(false);
  // Every profession is told from the other side as well, by a relation of its own.
  constexpr std::uint32_t kEmploys = 2;
  std::vector<Triple> both = forward.train;
  for (const Triple& t : forward.train) {
    if (t.relation == RelationId(kWorks)) both.push_back({t.tail, RelationId(kEmploys), t.head});
  }
  std::vector<std::string> entities;
  for (int e = 0; e < 13; ++e) entities.push_back("e" + std::to_string(e));
  const datasets::KnowledgeGraph graph(datasets::Vocabulary(entities),
                                       datasets::Vocabulary({"is", "works", "employs"}), both, {},
                                       {});
  const PersonAttribute gender({"gender", RelationId(kIs), false}, graph);
  const PersonRelation profession{
      "profession", RelationId(kWorks), false, {{RelationId(kEmploys), true}}, {}};
  const std::vector<double> weights = rebalancing_weights(both, gender, profession, {});
  for (std::size_t i = 0; i < both.size(); ++i) {
    if (both[i].relation == RelationId(kIs)) {
      CHECK(weights[i] == 1.0);
    } else {
      CHECK(weights[i] == Approx(forward.weight(
                              profession.stating(both[i].relation)->person(both[i]).value, {})));
    }
  }
}

TEST_CASE("Rebalancing weights are clipped at both ends", "[models][rebalance]") {
  const Kitchen kitchen;
  CHECK(kitchen.weight(8, {30, true, 1.5}) == Approx(1.5));
  CHECK(kitchen.weight(5, {30, true, 1.25}) == Approx(0.8));
  CHECK(kitchen.weight(8, {30, true, 1.0}) == 1.0);
}

TEST_CASE("Balanced professions keep weight 1", "[models][rebalance]") {
  const Dataset data = toy_people();
  const std::vector<double> weights =
      rebalancing_weights(data.graph.train(), data.attributes.sensitive()[0],
                          data.attributes.profession()->source(), {});
  // Poets: a man, and a person of both: 1.5 men to .5 women. Nuns: one woman and an unknown. King:
  // one man.
  std::map<std::uint32_t, double> of_person;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Triple& t = data.graph.train()[i];
    if (t.relation == RelationId(kProfession)) {
      of_person[t.head.value] = weights[i];
    } else {
      CHECK(weights[i] == 1.0);
    }
  }
  CHECK(of_person.at(kAnn) == Approx(1.0));
  CHECK(of_person.at(kBob) == Approx(1.0));
  CHECK(of_person.at(kEve) == 1.0);
  CHECK(of_person.at(kCy) == Approx(2.0 / 3.0));
  CHECK(of_person.at(kDee) == Approx((2.0 / 3.0 + 2.0) / 2.0));
}

TEST_CASE("Rebalanced training has each group of a profession as often as the other",
          "[models][rebalance]") {
  const Dataset data = toy_town(2000);
  const Parameters shared;
  ThreadPool pool(1);
  const auto& score = find_score("transe-dot").function();
  const auto counts = [&](const std::vector<Triple>& triples) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> result;  // (profession, gender)
    for (const Triple& t : triples) {
      if (t.relation != RelationId(kProfession)) continue;
      result[{t.tail.value, data.attributes.sensitive()[0].train_values(t.head)[0]}] += 1.0;
    }
    return result;
  };
  const auto triples_of =
      [&](std::initializer_list<std::pair<std::string_view, std::string_view>> changes,
          std::uint64_t seed) {
        return *find_system("rebalance")
                    .make({data, shared, score, 4, find_optimizer("sgd"), seed, pool},
                          parameters_of(find_system("rebalance").parameters(), changes))
                    ->training_triples();
      };
  const std::vector<Triple> train(data.graph.train().begin(), data.graph.train().end());
  const std::vector<Triple> balanced = triples_of({}, 1);
  auto before = counts(train);
  auto after = counts(balanced);
  for (std::uint32_t o = 5; o < 11; ++o) {
    INFO("profession " << o);
    const double many = std::max(before[{o, 0}], before[{o, 1}]);
    const double few = std::min(before[{o, 0}], before[{o, 1}]);
    CHECK(few < 0.2 * many);
    CHECK(after[{o, 0}] == Approx(after[{o, 1}]).epsilon(0.2));
    CHECK(after[{o, 0}] + after[{o, 1}] == Approx(many + few).epsilon(0.15));
  }
  CHECK(balanced == triples_of({}, 1));
  CHECK(balanced != triples_of({}, 2));
  CHECK(triples_of({{"largest_weight", "1"}}, 1) == train);
  CHECK(triples_of({{"attribute", "gender"}}, 1) == balanced);
  CHECK(triples_of({{"attribute", "ethnicity"}}, 1) != balanced);
  // All other triples stand there once, in their order.
  std::vector<Triple> others, kept;
  for (const Triple& t : train)
    if (t.relation != RelationId(kProfession)) others.push_back(t);
  for (const Triple& t : balanced)
    if (t.relation != RelationId(kProfession)) kept.push_back(t);
  CHECK(kept == others);
}

TEST_CASE("Rebalancing for an attribute that is not there names the nearest",
          "[models][rebalance]") {
  const Dataset data = toy_town();
  const Parameters shared;
  ThreadPool pool(1);
  const auto make = [&](const Dataset& of, std::string_view attribute) {
    return find_system("rebalance")
        .make({of, shared, find_score("transe-dot").function(), 4, find_optimizer("sgd"), 1, pool},
              parameters_of(find_system("rebalance").parameters(), {{"attribute", attribute}}));
  };
  CHECK_THROWS_WITH(make(data, "gendre"), Catch::Contains("did you mean 'gender'?"));
  Dataset idle = toy_town();
  idle.attributes =
      datasets::AttributeTable(idle.graph, {{"gender", RelationId(kGender), false}}, std::nullopt);
  CHECK_THROWS_AS(make(idle, ""), InputError);
}
