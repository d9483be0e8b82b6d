#include <map>
#include <vector>

#include "models/training/optimizer.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "tests/models/toy_graph.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using datasets::Triple;

namespace {

std::vector<Triple> swapped_triples(const datasets::Dataset& data, std::string_view system,
                                    std::string_view attribute, std::uint64_t seed = 1) {
  const Parameters shared(training_parameters());
  ThreadPool pool(1);
  return *find_system(system)
              .make({data, shared, find_score("transe-dot").function(), 4, find_optimizer("sgd"),
                     seed, pool},
                    parameters_of(find_system(system).parameters(), {{"attribute", attribute}}))
              ->training_triples();
}

}  // namespace

TEST_CASE("With swapped facts a profession goes with both genders alike", "[models][swap]") {
  const datasets::Dataset data = toy_town(2000);
  const auto share_of_first = [&](std::span<const Triple> triples) {
    std::map<std::uint32_t, std::pair<double, double>> counts;  // profession -> (first, all)
    for (const Triple& t : triples) {
      if (t.relation != RelationId(kProfession)) continue;
      auto& [first, all] = counts[t.tail.value];
      if (data.attributes.sensitive()[0].train_values(t.head)[0] == 0) first += 1.0;
      all += 1.0;
    }
    std::map<std::uint32_t, double> shares;
    for (const auto& [o, n] : counts) shares[o] = n.first / n.second;
    return shares;
  };
  const std::vector<Triple> swapped = swapped_triples(data, "swap", "");
  const auto before = share_of_first(data.graph.train());
  const auto after = share_of_first(swapped);
  for (const auto& [o, share] : before) {
    CHECK(std::abs(share - 0.5) > 0.3);
    CHECK(after.at(o) == Approx(0.5).margin(1e-9));  // each fact once more for the other gender
  }
  // The facts themselves stand in front; who has which gender is not copied.
  const auto train = data.graph.train();
  CHECK(std::equal(train.begin(), train.end(), swapped.begin()));
  for (std::size_t i = train.size(); i < swapped.size(); ++i) {
    CHECK(swapped[i].relation != RelationId(kGender));
  }
  CHECK(swapped == swapped_triples(data, "swap", "gender"));
  CHECK(swapped != swapped_triples(data, "swap", "gender", 2));
  CHECK(swapped != swapped_triples(data, "swap", "ethnicity"));
}

TEST_CASE("Swapping without two groups is refused", "[models][swap]") {
  datasets::Dataset data = toy_people();
  data.graph = datasets::KnowledgeGraph(data.graph.entities(), data.graph.relations(),
                                        {triple(kAnn, kGender, kFemale)}, {}, {});
  data.attributes =
      datasets::AttributeTable(data.graph, {{"gender", RelationId(kGender), false}}, std::nullopt);
  CHECK_THROWS_WITH(swapped_triples(data, "swap", ""),
                    Catch::Contains("system swap") && Catch::Contains("no two groups"));
}
