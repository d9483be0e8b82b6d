#include "metrics/formulas/labelled_persons.hpp"

#include <algorithm>

#include "datasets/hidden_persons.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::LabelledPersons;

TEST_CASE("A person whose value train states by any relation is not held out",
          "[metrics][leakage]") {
  auto data = dataset_of({{"p1", "faith", "x"},
                          {"p2", "faith", "x"},
                          {"y", "believers", "p3"},
                          {"y", "believers", "p4"},
                          {"p5", "knows", "p6"}},
                         {}, {{"p3", "faith", "y"}, {"x", "believers", "p5"}, {"p6", "faith", "y"}},
                         {{"faith", "faith"}});
  const auto held_out = [&] {
    const datasets::PersonAttribute& faith = data.attributes.sensitive()[0];
    const LabelledPersons stated = metrics::stated_persons(faith, 100, 1);
    return metrics::held_out_persons(data, faith, stated).persons;
  };
  // By one relation p3 looks unseen, p5 is not known at all, and nobody in train has y.
  CHECK(held_out().empty());
  data.attributes = datasets::AttributeTable(
      data.graph,
      {{"faith", relation(data, "faith"), false, {{relation(data, "believers"), true}}, {}}},
      std::nullopt);
  CHECK(data.attributes.sensitive()[0].train_persons().size() == 4);
  const std::vector<EntityId> persons = held_out();
  CHECK(persons.size() == 2);
  for (const EntityId p : persons) CHECK((p == entity(data, "p5") || p == entity(data, "p6")));
}

TEST_CASE("Hidden persons are the held-out ones, and nobody else is", "[metrics][leakage]") {
  const auto world = society(1.0, 5, 400);
  const auto data = datasets::with_hidden_persons(world.data, 0.2, 1);
  const auto& gender = data.attributes.sensitive()[0];
  const auto stated = metrics::stated_persons(gender, 10000, 10);
  const auto held_out = metrics::held_out_persons(data, gender, stated);
  CHECK(held_out.persons == data.hidden->find("gender")->persons);
  CHECK(held_out.values == stated.values);
  for (std::size_t i = 0; i < held_out.persons.size(); ++i) {
    CHECK(std::ranges::find(stated.persons, held_out.persons[i]) == stated.persons.end());
    // The original graph says the same of them.
    const auto& before = world.data.attributes.sensitive()[0];
    CHECK(before.values()[before.train_values(held_out.persons[i])[0]] ==
          gender.values()[held_out.values[held_out.labels[i]]]);
  }
}

TEST_CASE("The persons over the cap are left out in the same way each time", "[metrics][leakage]") {
  const auto world = society(1.0, 5, 400);
  const auto& gender = world.data.attributes.sensitive()[0];
  const auto some = metrics::stated_persons(gender, 100, 10);
  CHECK(some.persons.size() == 100);
  CHECK(some.over_the_cap == gender.train_persons().size() - 100);
  CHECK(std::ranges::is_sorted(some.persons));
  CHECK(metrics::stated_persons(gender, 100, 10).persons == some.persons);
}
