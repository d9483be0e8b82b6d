#include <string>
#include <vector>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

TEST_CASE("A ranking that follows degree correlates with it, and quartiles show the gap",
          "[metrics][degree_bias]") {
  std::vector<NamedTriple> train;
  std::vector<NamedTriple> test;
  for (int t = 0; t < 8; ++t) {
    const std::string tail = "t" + std::to_string(t);
    for (int k = 0; k <= t; ++k) train.push_back({"h" + std::to_string(k), "r", tail});
    test.push_back({"z", "r", tail});
  }
  train.push_back({"z", "s", "t0"});
  const auto data = dataset_of(train, {}, test);
  metrics::RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  for (std::uint32_t t = 0; t < 8; ++t) {
    ranks.filtered_tail.push_back({7 - t, 1, 20});
    ranks.filtered_head.push_back({0, 1, 20});
  }
  ranks.raw_head = ranks.filtered_head;
  ranks.raw_tail = ranks.filtered_tail;
  const auto scorer = scorer_of(table_of(data, 2, {}, {}), "distmult");
  const auto measured = measure_ranked("degree_bias", data, scorer, ranks, {{"entity_power", "0"}});
  // t0 and t1 share degree 2: one tie in an otherwise perfect order.
  CHECK(measured.value("degree_bias.spearman", {{"side", "tail"}}) > 0.98);
  CHECK_FALSE(measured.fact("degree_bias.spearman", {{"side", "head"}}).defined());
  CHECK(measured.value("degree_bias.quartile_gap", {{"side", "tail"}}) ==
        Approx((1.0 + 0.5) / 2 - (1.0 / 7 + 1.0 / 8) / 2));
  double mrr = 0.0;
  for (int t = 1; t <= 8; ++t) mrr += 1.0 / t / 8;
  CHECK(measured.value("degree_bias.stratified_mrr", {{"side", "tail"}}) == Approx(mrr));
}
