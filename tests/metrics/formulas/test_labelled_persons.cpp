#include "metrics/formulas/labelled_persons.hpp"
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
    const LabelledPersons stated = metrics::stated_persons(faith, 0, 100, 1);
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
