#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "models/scoring/link_scorer.hpp"
#include "suite/base/progress.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// Where the true answer stands among its candidates: enough for every tie policy.
struct RankCounts {
  std::uint32_t better = 0;      ///< candidates with a strictly higher score
  std::uint32_t equal = 0;       ///< candidates with the same score, the true one included (>= 1)
  std::uint32_t candidates = 0;  ///< after filtering, the true one included
};

enum class TiePolicy { kRealistic, kOptimistic, kPessimistic };

/// optimistic better + 1, pessimistic better + equal, realistic their mean (Berrendorf et al.
/// 2020).
[[nodiscard]] double rank_of(const RankCounts& counts, TiePolicy policy);

/// Ranks of a list of triples, filtered and raw, both sides; aligned with `triples`.
struct RankTable {
  std::vector<datasets::Triple> triples;
  std::vector<RankCounts> filtered_head;
  std::vector<RankCounts> filtered_tail;
  std::vector<RankCounts> raw_head;
  std::vector<RankCounts> raw_tail;
};

/// Ranks every triple against all entities. A NaN score counts as worse than every number; a NaN of
/// the true triple itself ranks last. Memory is bounded by `block_bytes` of scores a thread
/// whatever the graph. Bits do not depend on the number of threads or on `block_bytes`.
[[nodiscard]] RankTable rank_triples(const models::LinkScorer& scorer,
                                     std::span<const datasets::Triple> triples,
                                     const datasets::KnownTriples& known, ThreadPool& pool,
                                     Progress& progress, std::size_t block_bytes = 256U << 10U);

}  // namespace kgaudit::metrics
