#include <vector>

#include "models/training/optimizer.hpp"
#include "models/training/training_parameters.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Triple;

namespace {

std::vector<Triple> degendered_triples(const datasets::Dataset& data, std::string_view system,
                                       std::string_view attribute = "") {
  const Parameters shared(training_parameters());
  ThreadPool pool(1);
  Parameters own(find_system(system).parameters());
  if (own.has("attribute")) own.set("attribute", attribute, "test");
  return *find_system(system)
              .make({data, shared, find_score("transe-dot").function(), 4, find_optimizer("sgd"), 1,
                     pool},
                    own)
              ->training_triples();
}

/// toy_people, where voices are a proxy of gender and birthplaces state ethnicity too.
datasets::Dataset with_proxies() {
  datasets::Dataset data = toy_people();
  data.attributes = datasets::AttributeTable(
      data.graph,
      {{"gender", RelationId(kGender), false, {}, {{RelationId(kVoice), false}}},
       {"ethnicity", RelationId(kPeople), true, {{RelationId(kBornIn), false}}, {}}},
      std::nullopt);
  return data;
}

}  // namespace

TEST_CASE("Degendered training has no fact that states an attribute and none of its proxies",
          "[models][degender]") {
  const datasets::Dataset data = with_proxies();
  const auto kept = [&](std::initializer_list<std::uint32_t> relations) {
    std::vector<Triple> all;
    for (const Triple& t : data.graph.train()) {
      for (const std::uint32_t r : relations)
        if (t.relation.value == r) all.push_back(t);
    }
    return all;
  };
  CHECK(degendered_triples(data, "degender") == kept({kProfession, kKnows}));
  CHECK(degendered_triples(data, "degender", "gender") ==
        kept({kPeople, kProfession, kBornIn, kKnows}));
  CHECK(degendered_triples(data, "degender", "ethnicity") ==
        kept({kGender, kProfession, kVoice, kKnows}));
}

TEST_CASE("Without proxies degendered training is training without sensitive triples",
          "[models][degender]") {
  const datasets::Dataset data = toy_people();
  CHECK(degendered_triples(data, "degender") == degendered_triples(data, "no-sensitive"));
}
