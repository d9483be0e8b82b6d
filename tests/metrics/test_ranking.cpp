#include <cmath>
#include <limits>

#include "metrics/formulas/rank_aggregates.hpp"
#include "metrics/ranking.hpp"
#include "suite/base/error.hpp"
#include "tests/metrics/toy_world.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::tests;
using metrics::RankCounts;
using metrics::RankTable;
using metrics::TiePolicy;

namespace {

/// A(0,0) B(1,0) C(2,0) D(1,1), r = (1,0), L2.
struct Square {
  datasets::Dataset data =
      dataset_of({{"A", "r", "A"}, {"B", "r", "C"}}, {}, {{"B", "r", "D"}, {"A", "r", "C"}});
  models::LinkScorer scorer =
      scorer_of(table_of(data, 2, {{"A", {0, 0}}, {"B", {1, 0}}, {"C", {2, 0}}, {"D", {1, 1}}},
                         {{"r", {1, 0}}}),
                "transe-l2");
};

RankTable rank(const models::LinkScorer& scorer, const datasets::Dataset& data,
               const datasets::KnownTriples& known, std::size_t threads = 1,
               std::size_t block_bytes = 16U << 20U) {
  ThreadPool pool(threads);
  Progress progress;
  return metrics::rank_triples(scorer, data.graph.test(), known, pool, progress, block_bytes);
}

bool same(const RankCounts& a, const RankCounts& b) {
  return a.better == b.better && a.equal == b.equal && a.candidates == b.candidates;
}

bool same(const RankTable& a, const RankTable& b) {
  for (std::size_t i = 0; i < a.triples.size(); ++i) {
    if (!same(a.filtered_head[i], b.filtered_head[i]) ||
        !same(a.filtered_tail[i], b.filtered_tail[i]) || !same(a.raw_head[i], b.raw_head[i]) ||
        !same(a.raw_tail[i], b.raw_tail[i])) {
      return false;
    }
  }
  return a.triples.size() == b.triples.size();
}

/// A graph dense enough that filtering matters, with duplicate queries.
datasets::Dataset dense_graph(std::uint32_t entities, std::uint32_t count) {
  Rng rng(3, "dense_graph");
  std::vector<NamedTriple> lists[3];
  for (std::uint32_t i = 0; i < count; ++i) {
    lists[i % 3].push_back({"e" + std::to_string(rng.below(entities)),
                            "r" + std::to_string(rng.below(3)),
                            "e" + std::to_string(rng.below(entities))});
  }
  return dataset_of(lists[0], lists[1], lists[2]);
}

datasets::KnownTriples all_known(const datasets::Dataset& data) {
  return {data.graph.entity_count(),
          data.graph.relation_count(),
          {data.graph.train(), data.graph.valid(), data.graph.test()}};
}

/// The slow, obvious ranking.
RankCounts reference(const models::LinkScorer& scorer, const datasets::KnownTriples& known,
                     const datasets::Triple& triple, bool tail, bool filtered) {
  const float truth = scorer.score(triple.head, triple.relation, triple.tail);
  RankCounts counts;
  for (std::uint32_t e = 0; e < scorer.entity_count(); ++e) {
    datasets::Triple other = triple;
    (tail ? other.tail : other.head) = EntityId(e);
    if (filtered && other != triple && known.contains(other)) continue;
    const float s = scorer.score(other.head, other.relation, other.tail);
    ++counts.candidates;
    if (s > truth) ++counts.better;
    if (s == truth) ++counts.equal;
  }
  return counts;
}

}  // namespace

TEST_CASE("The toy square is ranked as by hand: raw 3, filtered 2, head 3", "[metrics][ranking]") {
  const Square toy;
  const RankTable ranks = rank(toy.scorer, toy.data, all_known(toy.data));
  const auto realistic = [](const RankCounts& c) { return rank_of(c, TiePolicy::kRealistic); };
  CHECK(realistic(ranks.raw_tail[0]) == 3.0);
  CHECK(realistic(ranks.filtered_tail[0]) == 2.0);
  CHECK(ranks.filtered_tail[0].candidates == 3);
  // Heads of (?, r, D): A 1, D 1, B 1.414, C 2.236. B is true; nothing else is known.
  CHECK(realistic(ranks.raw_head[0]) == 3.0);
  CHECK(realistic(ranks.filtered_head[0]) == 3.0);
}

TEST_CASE("Three equal distances give optimistic 2, pessimistic 4 and realistic 3",
          "[metrics][ranking]") {
  const Square toy;
  const RankTable ranks = rank(toy.scorer, toy.data, all_known(toy.data));
  const RankCounts c = ranks.raw_tail[1];
  CHECK(c.better == 1);
  CHECK(c.equal == 3);
  CHECK(rank_of(c, TiePolicy::kOptimistic) == 2.0);
  CHECK(rank_of(c, TiePolicy::kPessimistic) == 4.0);
  CHECK(rank_of(c, TiePolicy::kRealistic) == 3.0);
}

TEST_CASE("Fast ranking counts exactly what the obvious loop counts, for every score",
          "[metrics][ranking]") {
  const auto data = dense_graph(40, 400);
  const auto known = all_known(data);
  const std::string score =
      GENERATE("transe-dot", "transe-l1", "transe-l2", "distmult", "complex", "rotate");
  const auto& function = models::find_score(score).function();
  const auto scorer = scorer_of(random_table(data, 8, function.relation_width(8), 5), score);
  const RankTable ranks = rank(scorer, data, known, 2);
  const auto test = data.graph.test();
  for (std::size_t i = 0; i < test.size(); ++i) {
    CAPTURE(score, i);
    REQUIRE(same(ranks.filtered_tail[i], reference(scorer, known, test[i], true, true)));
    REQUIRE(same(ranks.filtered_head[i], reference(scorer, known, test[i], false, true)));
    REQUIRE(same(ranks.raw_tail[i], reference(scorer, known, test[i], true, false)));
    REQUIRE(same(ranks.raw_head[i], reference(scorer, known, test[i], false, false)));
  }
}

TEST_CASE("Neither the number of threads nor the memory bound changes a rank",
          "[metrics][ranking]") {
  const auto data = dense_graph(300, 1200);
  const auto known = all_known(data);
  const auto scorer = scorer_of(random_table(data, 6, 6, 9), "transe-dot");
  const RankTable one = rank(scorer, data, known, 1);
  CHECK(same(one, rank(scorer, data, known, 3)));
  // 4096 bytes: 16 candidates at a time, so the true scores come from calls of their own.
  CHECK(same(one, rank(scorer, data, known, 1, 4096)));
  CHECK(same(one, rank(scorer, data, known, 3, 64U * 4U * 48U)));
}

TEST_CASE("Equal rows tie exactly, wherever they stand in a block", "[metrics][ranking]") {
  const auto data = dense_graph(70, 300);
  auto table = table_of(data, 5, {}, {});
  for (std::size_t e = 0; e < table->entities.rows(); ++e) {
    for (float& x : table->entities.values(e)) x = 0.3F;
  }
  const auto scorer = scorer_of(table, "transe-dot");
  const RankTable ranks = rank(scorer, data, {}, 1);
  const auto entities = static_cast<std::uint32_t>(data.graph.entity_count());
  for (const RankCounts& c : ranks.raw_tail) {
    CHECK(c.better == 0);
    CHECK(c.equal == entities);
  }
}

TEST_CASE("A triple that the known ones do not list is ranked among all", "[metrics][ranking]") {
  const Square toy;
  const RankTable ranks = rank(toy.scorer, toy.data, {});
  for (std::size_t i = 0; i < ranks.triples.size(); ++i) {
    CHECK(same(ranks.filtered_tail[i], ranks.raw_tail[i]));
    CHECK(same(ranks.filtered_head[i], ranks.raw_head[i]));
    CHECK(ranks.raw_head[i].equal >= 1);
  }
}

TEST_CASE("A NaN score is worse than every number, and a NaN of the truth ranks last",
          "[metrics][ranking]") {
  Square toy;
  auto table =
      table_of(toy.data, 2, {{"B", {1, 0}}, {"C", {2, 0}}, {"D", {1, 1}}}, {{"r", {1, 0}}});
  table->entities.row(entity(toy.data, "A").index())[0] = std::numeric_limits<float>::quiet_NaN();
  const auto scorer = scorer_of(table, "transe-l2");
  const RankTable ranks = rank(scorer, toy.data, all_known(toy.data));
  // (B, r, D): the tail A stood last anyway; as a head it was level with D before B.
  CHECK(rank_of(ranks.raw_tail[0], TiePolicy::kRealistic) == 3.0);
  CHECK(rank_of(ranks.raw_head[0], TiePolicy::kRealistic) == 2.0);
  // (A, r, C): the head is NaN, so every score of the tail query is, the true one too.
  CHECK(rank_of(ranks.raw_tail[1], TiePolicy::kRealistic) == 4.0);
  CHECK(rank_of(ranks.raw_head[1], TiePolicy::kRealistic) == 4.0);
}

TEST_CASE("A rank without its own answer among the equals is our bug", "[metrics][ranking]") {
  CHECK_THROWS_AS(rank_of({1, 0, 4}, TiePolicy::kRealistic), BrokenInvariant);
}
