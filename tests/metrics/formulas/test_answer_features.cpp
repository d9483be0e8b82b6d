#include "metrics/formulas/answer_features.hpp"

#include <cmath>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

/// Two persons, tea for both and coffee for one; a book is about both of them.
struct TeaWorld {
  datasets::Dataset data = dataset_of({{"a", "g", "m"},
                                       {"b", "g", "f"},
                                       {"a", "likes", "tea"},
                                       {"b", "likes", "tea"},
                                       {"b", "likes", "coffee"},
                                       {"x", "likes", "coffee"},
                                       {"book", "about", "a"},
                                       {"book", "about", "b"},
                                       {"song", "about", "b"},
                                       {"a", "sings", "bass"},
                                       {"b", "sings", "alto"}},
                                      {}, {{"a", "likes", "tea"}}, {{"gender", "g"}});
};

}  // namespace

TEST_CASE(
    "Persons are asked for their commonest relations, from both sides, but not for those "
    "that state the attribute or may use it",
    "[metrics][leakage]") {
  TeaWorld world;
  const auto& gender = world.data.attributes.sensitive()[0];
  auto questions = metrics::person_questions(world.data, gender, 10, 10);
  REQUIRE(questions.size() == 3);
  CHECK(questions[0].relation == relation(world.data, "likes"));
  CHECK_FALSE(questions[0].inverse);
  // x is no person: tea has two, coffee one.
  CHECK(questions[0].candidates ==
        std::vector<EntityId>{entity(world.data, "tea"), entity(world.data, "coffee")});
  CHECK(questions[1].relation == relation(world.data, "about"));
  CHECK(questions[1].inverse);
  CHECK(questions[2].relation == relation(world.data, "sings"));
  CHECK(metrics::person_questions(world.data, gender, 1, 10).size() == 1);

  world.data.whitelist.entries[0].relations = {relation(world.data, "sings")};
  CHECK(metrics::person_questions(world.data, gender, 10, 10).size() == 2);
}

TEST_CASE("The expected answer and its scores are computed by hand, in both directions",
          "[metrics][leakage]") {
  const TeaWorld world;
  const auto scorer =
      scorer_of(table_of(world.data, 2, {{"a", {1, 0}}, {"tea", {2, 1}}, {"coffee", {0, 3}}},
                         {{"likes", {0, 1}}}),
                "transe-dot");
  const std::vector<metrics::PersonQuestion> questions = {
      {relation(world.data, "likes"),
       false,
       {entity(world.data, "tea"), entity(world.data, "coffee")}},
      {relation(world.data, "likes"),
       true,
       {entity(world.data, "tea"), entity(world.data, "coffee")}}};
  const std::vector<EntityId> persons = {entity(world.data, "a"), entity(world.data, "b")};
  ThreadPool pool(1);
  const auto features = metrics::answer_features(scorer, questions, persons, 1, pool);
  REQUIRE(features.cols() == 6);
  // g(a, likes, tea) = (1, 1) (2, 1) = 3, g(a, likes, coffee) = 3: both alike.
  CHECK(static_cast<double>(features(0, 0)) == near(1.0, 1e-6));
  CHECK(static_cast<double>(features(0, 1)) == near(2.0, 1e-6));
  CHECK(static_cast<double>(features(0, 2)) == near(3.0, 1e-6));
  // g(tea, likes, a) = (2, 2) (1, 0) = 2, g(coffee, likes, a) = 0.
  const double tea = 1.0 / (1.0 + std::exp(-2.0));
  CHECK(static_cast<double>(features(0, 3)) == near(2.0 * tea, 1e-6));
  CHECK(static_cast<double>(features(0, 5)) == near(2.0, 1e-6));
  // b's row is 0: (0, 1) with tea 1, with coffee 3.
  CHECK(static_cast<double>(features(1, 2)) == near(1.0, 1e-6));
  ThreadPool three(3);
  CHECK(metrics::answer_features(scorer, questions, persons, 1, three) == features);
}
