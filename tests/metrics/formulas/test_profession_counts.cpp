#include "metrics/formulas/profession_counts.hpp"

#include <array>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("The counts and the data bias of a profession are those counted by hand",
          "[metrics][amplification]") {
  const auto data = dataset_of({{"m1", "g", "m"},
                                {"m2", "g", "m"},
                                {"m3", "g", "m"},
                                {"f1", "g", "f"},
                                {"f2", "g", "f"},
                                {"m1", "p", "nurse"},
                                {"f1", "p", "nurse"},
                                {"f2", "p", "nurse"},
                                {"m2", "p", "smith"}},
                               {}, {{"m3", "p", "smith"}}, {{"gender", "g"}},
                               NamedPersonRelation{"profession", "p"});
  const auto& gender = *data.attributes.find("gender");
  const auto& profession = *data.attributes.profession();
  const auto pair = metrics::two_most_frequent(gender);
  REQUIRE(pair);
  const auto counts = metrics::count_professions(profession, gender, *pair);
  CHECK(counts.persons == std::array<std::uint32_t, 2>{2, 2});
  const auto nurse = *profession.value_index(entity(data, "nurse"));
  CHECK(counts.of_profession[nurse] == std::array<std::uint32_t, 2>{1, 2});
  CHECK(*metrics::data_bias(counts, nurse) == near(1.0 / 2.0 - 2.0 / 2.0));
}
