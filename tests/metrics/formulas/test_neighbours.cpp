#include "metrics/formulas/neighbours.hpp"

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using Columns = std::vector<std::uint32_t>;

namespace {

struct ThreeFriends {
  datasets::Dataset data = dataset_of({{"a", "g", "m"},
                                       {"b", "g", "f"},
                                       {"a", "knows", "b"},
                                       {"a", "likes", "tea"},
                                       {"b", "likes", "tea"},
                                       {"tea", "from", "india"},
                                       {"c", "knows", "a"},
                                       {"c", "knows", "c"},
                                       {"b", "likes", "cats"}},
                                      {}, {{"c", "likes", "cats"}}, {{"gender", "g"}});
  std::vector<EntityId> persons = {entity(data, "a"), entity(data, "b"), entity(data, "c")};
  std::vector<std::vector<EntityId>> neighbours =
      metrics::neighbours_of(data.graph, data.attributes.sensitive()[0], persons);
};

}  // namespace

TEST_CASE("Neighbours are those of train from both sides, without the attribute's own triples",
          "[metrics][leakage]") {
  const ThreeFriends three;
  CHECK(three.neighbours[0] == std::vector<EntityId>{entity(three.data, "b"),
                                                     entity(three.data, "tea"),
                                                     entity(three.data, "c")});
  CHECK(three.neighbours[1] == std::vector<EntityId>{entity(three.data, "a"),
                                                     entity(three.data, "tea"),
                                                     entity(three.data, "cats")});
  CHECK(three.neighbours[2] == std::vector<EntityId>{entity(three.data, "a")});
}

TEST_CASE("The mean row of neighbours is computed by hand", "[metrics][leakage]") {
  const ThreeFriends three;
  const auto scorer = scorer_of(
      table_of(three.data, 1, {{"b", {1}}, {"tea", {2}}, {"c", {6}}, {"a", {4}}}, {}), "distmult");
  const auto means = metrics::mean_neighbour_rows(scorer, three.neighbours);
  CHECK(means(0, 0) == 3.0F);
  CHECK(means(1, 0) == 2.0F);
  CHECK(means(2, 0) == 4.0F);
}

TEST_CASE("A neighbour is a column if two of the persons that are learnt from share it",
          "[metrics][leakage]") {
  const ThreeFriends three;
  const auto two = metrics::neighbour_links(three.neighbours, 2, three.data.graph.entity_count());
  CHECK(two.columns == 1);  // tea
  CHECK(Columns(two.row(0).begin(), two.row(0).end()) == Columns{0});
  CHECK(two.row(2).empty());
  const auto all = metrics::neighbour_links(three.neighbours, 3, three.data.graph.entity_count());
  CHECK(all.columns == 2);  // a and tea, in the order of ids
  CHECK(Columns(all.row(1).begin(), all.row(1).end()) == Columns{0, 1});
  CHECK(Columns(all.row(2).begin(), all.row(2).end()) == Columns{0});
}
