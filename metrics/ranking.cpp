#include "metrics/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {

using datasets::KnownTriples;
using datasets::Triple;

double rank_of(const RankCounts& counts, TiePolicy policy) {
  KGA_REQUIRE(counts.equal >= 1, "the true answer is not among its equals");
  const double optimistic = static_cast<double>(counts.better) + 1.0;
  const double pessimistic = static_cast<double>(counts.better) + static_cast<double>(counts.equal);
  switch (policy) {
    case TiePolicy::kOptimistic:
      return optimistic;
    case TiePolicy::kPessimistic:
      return pessimistic;
    case TiePolicy::kRealistic:
      break;
  }
  return (optimistic + pessimistic) / 2.0;
}

namespace {

/// Queries scored together at most: candidates are read from memory and packed once for all.
constexpr std::size_t kMostQueries = 256;
constexpr std::size_t kFewestQueries = 16;
/// Blocks of queries for each thread at least, so that none waits long for another at the end.
constexpr std::size_t kBlocksPerThread = 4;
constexpr std::size_t kPanel = models::CandidatePanels::kWidth;

std::size_t rounded_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

/// What a thread ranks with.
struct Workspace {
  std::vector<float> scores;
  models::ScoreBuffers buffers;
};

struct Standing {
  std::uint32_t better = 0;
  std::uint32_t equal = 0;
};

/// One pass over the scores; a NaN is neither better nor equal. Plain counters and no branches, so
/// that the compiler turns the loop into vector compares.
Standing stand(const float* scores, std::size_t count, float truth) {
  std::uint32_t better = 0;
  std::uint32_t equal = 0;
  for (std::size_t i = 0; i < count; ++i) {
    better += scores[i] > truth ? 1U : 0U;
    equal += scores[i] == truth ? 1U : 0U;
  }
  return {better, equal};
}

/// The two sides of a ranking, chosen at compile time.
struct TailSide {
  using Query = models::TailQuery;
  static Query query(const Triple& t) { return {t.head, t.relation}; }
  static EntityId answer(const Triple& t) { return t.tail; }
  static std::span<const EntityId> known(const KnownTriples& all, const Query& q) {
    return all.tails(q.head, q.relation);
  }
};
struct HeadSide {
  using Query = models::HeadQuery;
  static Query query(const Triple& t) { return {t.relation, t.tail}; }
  static EntityId answer(const Triple& t) { return t.head; }
  static std::span<const EntityId> known(const KnownTriples& all, const Query& q) {
    return all.heads(q.relation, q.tail);
  }
};

/// Distinct queries and, for each, the triples that it belongs to.
template <typename Side>
struct Questions {
  std::vector<typename Side::Query> queries;
  std::vector<std::size_t> begin;     ///< per query: first of its places in `asked_by`; one more
  std::vector<std::size_t> asked_by;  ///< indices into the triples

  explicit Questions(std::span<const Triple> triples) : asked_by(triples.size()) {
    std::iota(asked_by.begin(), asked_by.end(), std::size_t{0});
    // Relations stay together: a scorer that treats relations differently then sees runs of one.
    const auto key = [&](std::size_t i) {
      return std::tuple(triples[i].relation, Side::query(triples[i]), Side::answer(triples[i]), i);
    };
    std::sort(asked_by.begin(), asked_by.end(),
              [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
    for (std::size_t i = 0; i < asked_by.size(); ++i) {
      const auto query = Side::query(triples[asked_by[i]]);
      if (queries.empty() || queries.back() != query) {
        queries.push_back(query);
        begin.push_back(i);
      }
    }
    begin.push_back(asked_by.size());
  }
};

template <typename Side>
class SideRanker {
 public:
  using Query = typename Side::Query;

  SideRanker(const models::LinkScorer& scorer, std::span<const Triple> triples,
             const KnownTriples& known, std::size_t threads, std::size_t block_bytes,
             std::vector<RankCounts>& filtered, std::vector<RankCounts>& raw)
      : scorer_(scorer),
        triples_(triples),
        known_(known),
        questions_(triples),
        filtered_(filtered),
        raw_(raw) {
    const std::size_t share = questions_.queries.size() / (kBlocksPerThread * threads) + 1;
    queries_per_block_ = std::clamp(share, kFewestQueries, kMostQueries);
    const std::size_t fitting = block_bytes / sizeof(float) / queries_per_block_ / kPanel * kPanel;
    piece_ = std::clamp(fitting, kPanel, rounded_up(scorer.entity_count(), kPanel));
  }

  [[nodiscard]] std::size_t blocks() const {
    return (questions_.queries.size() + queries_per_block_ - 1) / queries_per_block_;
  }

  /// Ranks all triples that ask one of the block's queries.
  void rank(std::size_t block, Workspace& work) {
    const std::size_t first_query = block * queries_per_block_;
    const std::size_t query_count =
        std::min(queries_per_block_, questions_.queries.size() - first_query);
    const std::span<const Query> queries(&questions_.queries[first_query], query_count);
    const std::size_t first_place = questions_.begin[first_query];
    const std::size_t last_place = questions_.begin[first_query + query_count];
    const std::size_t entities = scorer_.entity_count();
    const bool one_piece = piece_ >= entities;
    if (work.scores.size() < query_count * piece_) work.scores.resize(query_count * piece_);

    std::vector<float> truths(last_place - first_place);
    std::vector<Standing> all(truths.size());
    std::vector<Standing> of_known(truths.size());
    if (!one_piece) score_truths(first_query, query_count, truths, work);

    std::vector<std::span<const EntityId>> known(query_count);
    for (std::size_t q = 0; q < query_count; ++q) known[q] = Side::known(known_, queries[q]);
    std::vector<std::size_t> next(query_count, 0);  // of the known answers in pieces to come
    std::vector<float> known_scores;
    const models::PreparedQueries<Query> prepared = scorer_.prepare(queries);
    for (std::size_t first = 0; first < entities; first += piece_) {
      const std::size_t last = std::min(entities, first + piece_);
      scorer_.score(prepared, first, last, work.scores.data(), piece_, work.buffers);
      for (std::size_t q = 0; q < query_count; ++q) {
        const float* row = work.scores.data() + q * piece_;
        // Known answers are counted on their own and taken off, which costs less than masking.
        known_scores.clear();
        for (; next[q] < known[q].size() && known[q][next[q]].index() < last; ++next[q]) {
          known_scores.push_back(row[known[q][next[q]].index() - first]);
        }
        for (std::size_t p = questions_.begin[first_query + q];
             p < questions_.begin[first_query + q + 1]; ++p) {
          const std::size_t i = p - first_place;
          if (one_piece) truths[i] = row[Side::answer(triples_[questions_.asked_by[p]]).index()];
          const Standing here = stand(row, last - first, truths[i]);
          const Standing there = stand(known_scores.data(), known_scores.size(), truths[i]);
          all[i].better += here.better;
          all[i].equal += here.equal;
          of_known[i].better += there.better;
          of_known[i].equal += there.equal;
        }
      }
    }

    for (std::size_t q = 0; q < query_count; ++q) {
      for (std::size_t p = questions_.begin[first_query + q];
           p < questions_.begin[first_query + q + 1]; ++p) {
        const std::size_t i = p - first_place;
        const std::size_t triple = questions_.asked_by[p];
        // The true answer itself stays a candidate, whether or not the known triples list it.
        const bool listed =
            std::binary_search(known[q].begin(), known[q].end(), Side::answer(triples_[triple]));
        const auto removed = static_cast<std::uint32_t>(known[q].size() - (listed ? 1U : 0U));
        const auto candidates = static_cast<std::uint32_t>(entities);
        if (std::isnan(truths[i])) {
          raw_[triple] = {candidates - 1, 1, candidates};
          filtered_[triple] = {candidates - removed - 1, 1, candidates - removed};
          continue;
        }
        const std::uint32_t itself = listed ? 1U : 0U;
        raw_[triple] = {all[i].better, all[i].equal, candidates};
        filtered_[triple] = {all[i].better - of_known[i].better,
                             all[i].equal - (of_known[i].equal - itself), candidates - removed};
      }
    }
  }

 private:
  /// When candidates come in pieces, the true scores are needed before the first piece: asked of
  /// the same function, whose bits for a pair do not depend on the block it stands in.
  void score_truths(std::size_t first_query, std::size_t query_count, std::vector<float>& truths,
                    Workspace& work) {
    const std::size_t first_place = questions_.begin[first_query];
    for (std::size_t q = 0; q < query_count; ++q) {
      const std::span<const Query> query(&questions_.queries[first_query + q], 1);
      const models::PreparedQueries<Query> prepared = scorer_.prepare(query);
      for (std::size_t p = questions_.begin[first_query + q];
           p < questions_.begin[first_query + q + 1]; ++p) {
        const std::size_t answer = Side::answer(triples_[questions_.asked_by[p]]).index();
        scorer_.score(prepared, answer, answer + 1, &truths[p - first_place], 1, work.buffers);
      }
    }
  }

  const models::LinkScorer& scorer_;
  std::span<const Triple> triples_;
  const KnownTriples& known_;
  Questions<Side> questions_;
  std::vector<RankCounts>& filtered_;
  std::vector<RankCounts>& raw_;
  std::size_t queries_per_block_ = 0;
  std::size_t piece_ = 0;  ///< candidates scored at once
};

template <typename Side>
void rank_side(SideRanker<Side>& ranker, std::vector<Workspace>& work, ThreadPool& pool,
               Progress& progress, std::uint64_t& done) {
  // In waves, so that the calling thread can report progress and notice a request to stop.
  const std::size_t wave = 16 * pool.threads();
  for (std::size_t first = 0; first < ranker.blocks(); first += wave) {
    if (progress.stop_requested()) throw Interrupted();
    const std::size_t count = std::min(wave, ranker.blocks() - first);
    pool.run(count, [&](std::size_t index, std::size_t worker) {
      ranker.rank(first + index, work[worker]);
    });
    done += count;
    progress.advance(done, "");
  }
}

}  // namespace

RankTable rank_triples(const models::LinkScorer& scorer, std::span<const Triple> triples,
                       const KnownTriples& known, ThreadPool& pool, Progress& progress,
                       std::size_t block_bytes) {
  RankTable table;
  table.triples.assign(triples.begin(), triples.end());
  for (auto* column :
       {&table.filtered_head, &table.filtered_tail, &table.raw_head, &table.raw_tail}) {
    column->resize(triples.size());
  }
  for (const Triple& t : triples) {
    KGA_REQUIRE(t.head.index() < scorer.entity_count() && t.tail.index() < scorer.entity_count() &&
                    t.relation.index() < scorer.relation_count(),
                "triple ({}, {}, {}) outside the embedding of {} entities and {} relations",
                t.head.value, t.relation.value, t.tail.value, scorer.entity_count(),
                scorer.relation_count());
  }
  SideRanker<TailSide> tails(scorer, table.triples, known, pool.threads(), block_bytes,
                             table.filtered_tail, table.raw_tail);
  SideRanker<HeadSide> heads(scorer, table.triples, known, pool.threads(), block_bytes,
                             table.filtered_head, table.raw_head);
  std::vector<Workspace> work(pool.threads());
  std::uint64_t done = 0;
  const Stage stage(progress, "rank", tails.blocks() + heads.blocks());
  rank_side(tails, work, pool, progress, done);
  rank_side(heads, work, pool, progress, done);
  return table;
}

}  // namespace kgaudit::metrics
