#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;

namespace {

/// Three test triples. x makes up 3 of the 4 tails of r (type 1). m gives many tails, and u goes
/// with both of its heads (type 2). 2 of the 3 pairs of t are pairs of s, too, and t links p3 and
/// q3 (type 3).
datasets::Dataset given_away() {
  return dataset_of({{"a", "r", "x"},
                     {"b", "r", "x"},
                     {"c", "r", "x"},
                     {"d", "r", "y"},
                     {"k1", "m", "u"},
                     {"k1", "m", "v"},
                     {"k2", "m", "u"},
                     {"k2", "m", "w"},
                     {"p1", "s", "q1"},
                     {"p2", "s", "q2"},
                     {"p1", "t", "q1"},
                     {"p2", "t", "q2"},
                     {"p3", "t", "q3"}},
                    {}, {{"e", "r", "x"}, {"k3", "m", "u"}, {"p3", "s", "q3"}});
}

/// The i-th test triple is ranked i + 1 on both sides.
metrics::RankTable ranks_of(const datasets::Dataset& data) {
  metrics::RankTable ranks;
  ranks.triples.assign(data.graph.test().begin(), data.graph.test().end());
  for (std::uint32_t i = 0; i < ranks.triples.size(); ++i) {
    for (auto* side :
         {&ranks.filtered_head, &ranks.filtered_tail, &ranks.raw_head, &ranks.raw_tail}) {
      side->push_back({i, 1, 20});
    }
  }
  return ranks;
}

}  // namespace

TEST_CASE("Predictions that the train set gives away are counted and ranked apart",
          "[metrics][test_prediction_bias]") {
  const auto data = given_away();
  const auto scorer = scorer_of(table_of(data, 2, {}, {}), "distmult");
  const auto measured = measure_ranked("test_prediction_bias", data, scorer, ranks_of(data));
  const auto flagged = [&measured](const char* type, const char* side) {
    return measured.value("test_prediction_bias.flagged", {{"type", type}, {"side", side}});
  };
  CHECK(std::pair(flagged("1", "head"), flagged("1", "tail")) == std::pair(0.0, 1.0));
  CHECK(std::pair(flagged("2", "head"), flagged("2", "tail")) == std::pair(0.0, 1.0));
  CHECK(std::pair(flagged("3", "head"), flagged("3", "tail")) == std::pair(1.0, 1.0));
  CHECK(std::pair(flagged("any", "head"), flagged("any", "tail")) == std::pair(1.0, 3.0));
  const auto mrr = [&measured](const char* type, const char* predictions) {
    return measured.value("test_prediction_bias.mrr",
                          {{"type", type}, {"predictions", predictions}});
  };
  CHECK(mrr("1", "flagged") == near(1.0));
  CHECK(mrr("3", "flagged") == near(1.0 / 3.0));
  CHECK(mrr("any", "flagged") == near((1.0 + 0.5 + 2.0 / 3.0) / 4.0));
  CHECK(mrr("any", "not_flagged") == near((1.0 + 0.5) / 2.0));
}

TEST_CASE("What train gives away is found once for all systems, to the same bits",
          "[metrics][test_prediction_bias]") {
  const auto data = given_away();
  const auto scorer = scorer_of(table_of(data, 2, {}, {}), "distmult");
  const metrics::MetricEntry& metric = metrics::find_metric("test_prediction_bias");
  const Parameters parameters(metric.parameters());
  ThreadPool pool(1);
  const metrics::RankTable ranks = ranks_of(data);
  metrics::Memory memory;
  const auto facts = [&](metrics::Memory* remembered) {
    metrics::MetricContext context{data, scorer, ranks, pool, 7};
    context.memory = remembered;
    std::vector<std::pair<std::string, Measurement>> all;
    for (const metrics::Fact& fact : metric.measure(context, parameters).facts) {
      all.emplace_back(fact.metric, fact.measurement);
    }
    return all;
  };
  const auto alone = facts(nullptr);
  CHECK(facts(&memory) == alone);
  CHECK(facts(&memory) == alone);
  // What is remembered is what is said, and is not found again.
  std::vector<float>& flags = memory.at("test_prediction_bias.flags");
  REQUIRE(flags.size() == 3);
  std::ranges::fill(flags, 0.0F);
  CHECK_FALSE(facts(&memory) == alone);
}
