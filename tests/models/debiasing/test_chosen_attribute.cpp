#include "models/debiasing/chosen_attribute.hpp"

#include "suite/base/error.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("An attribute is chosen by its id, and by none the first", "[models]") {
  const datasets::Dataset data = toy_people();
  CHECK(&chosen_attribute(data, "ethnicity", "swap") == &data.attributes.sensitive()[1]);
  CHECK(&chosen_attribute(data, "", "swap") == &data.attributes.sensitive()[0]);
}

TEST_CASE("An attribute that is not there is refused in the system's name", "[models]") {
  datasets::Dataset data = toy_people();
  CHECK_THROWS_WITH(
      chosen_attribute(data, "gendre", "swap"),
      Catch::Contains("system.swap: attribute") && Catch::Contains("did you mean 'gender'?"));
  data.attributes = {};
  CHECK_THROWS_WITH(chosen_attribute(data, "", "degender"),
                    Catch::Contains("system.degender") && Catch::Contains("no sensitive relation"));
}
