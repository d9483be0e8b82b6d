#include "metrics/formulas/asked_persons.hpp"

#include "datasets/hidden_persons.hpp"
#include "metrics/formulas/labelled_persons.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using ValueIds = std::vector<std::uint32_t>;

namespace {

/// a has one value; b a second one in test; c stands in valid and test alone, d in test alone.
datasets::Dataset four_persons() {
  return dataset_of({{"a", "g", "m"}, {"b", "g", "m"}, {"e", "g", "f"}}, {{"c", "g", "f"}},
                    {{"b", "g", "f"}, {"c", "g", "f"}, {"d", "g", "f"}, {"d", "g", "m"}},
                    {{"gender", "g"}});
}

}  // namespace

TEST_CASE("Stated persons are asked for what train says and forgiven what else is true",
          "[metrics][question]") {
  const auto data = four_persons();
  const auto asked = metrics::stated_in_train(data.attributes.sensitive()[0]);
  REQUIRE(asked.persons ==
          std::vector<EntityId>{entity(data, "a"), entity(data, "b"), entity(data, "e")});
  CHECK(asked.values[0].own == ValueIds{0});
  CHECK(asked.values[1].own == ValueIds{0});
  CHECK(asked.values[1].known == ValueIds{0, 1});
}

TEST_CASE("Unseen persons are those of valid and test alone, or the hidden ones",
          "[metrics][question]") {
  const auto data = four_persons();
  const auto& gender = data.attributes.sensitive()[0];
  const auto unseen = metrics::unseen_in_train(data, gender);
  REQUIRE(unseen.persons == std::vector<EntityId>{entity(data, "c"), entity(data, "d")});
  CHECK(unseen.values[1].own == ValueIds{0, 1});
  const auto stated = metrics::stated_persons(gender, 100, 1);
  const auto labelled = metrics::held_out_persons(data, gender, stated);
  CHECK(labelled.persons == std::vector<EntityId>{entity(data, "c")});
  CHECK(labelled.labels == ValueIds{1});
  CHECK(labelled.with_many_values == 1);

  const auto hidden = datasets::hide_values(data, {{entity(data, "b")}});
  const auto& now = hidden.attributes.sensitive()[0];
  const auto asked = metrics::unseen_in_train(hidden, now);
  REQUIRE(asked.persons == std::vector<EntityId>{entity(data, "b")});
  CHECK(asked.values[0].known == ValueIds{0, 1});
  CHECK(metrics::stated_in_train(now).size() == 2);
}
