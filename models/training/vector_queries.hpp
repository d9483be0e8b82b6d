#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/training/chunk_job.hpp"
#include "models/training/sparse_gradient.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// A single score that is asked with other vectors than its query: a whitelisted profession as
/// candidate.
struct ScoreOverride {
  std::uint32_t row = 0;     ///< among the side's queries
  std::uint32_t column = 0;  ///< among the side's candidates
  AttributeSet known = 0;    ///< vectors added to the known entity
  float gradient = 0.0F;     ///< dL/dscore
};

/// What trained attribute vectors (KL+Attr, Fisher et al. 2020, section 3.3) add to the queries of
/// a chunk: which query carries which vectors, the queries of twins and residuals, the scores of
/// whitelisted professions, and the vectors' own gradients. Holds one thread's scratch memory.
class VectorQueries {
 public:
  /// `graph_relations`: the relation rows at which the twins begin. The vectors must outlive the
  /// object.
  VectorQueries(const TrainedAttributeVectors& trained, std::size_t graph_relations,
                bool in_batch_negatives)
      : trained_(trained),
        graph_relations_(graph_relations),
        in_batch_negatives_(in_batch_negatives) {}

  /// `queries` holds one query a positive; adds those of residuals and twins, says which vectors
  /// each one has, and drops what no vector can learn from.
  void list(const ChunkJob& job, AskedSide side, std::span<const std::uint32_t> candidate_ids,
            std::vector<ChunkQuery>& queries);
  /// Appends the overrides of queries [first, last) of the side that was listed last.
  void list_overrides(const ChunkJob& job, AskedSide side, std::span<const ChunkQuery> queries,
                      std::size_t first, std::size_t last,
                      std::vector<ScoreOverride>& overrides) const;

  /// out += the vectors of `entity` for the set bits; several values: their mean.
  void add(std::uint32_t entity, AttributeSet set, float* out) const;
  /// Back through `add`: adds what dL/dout = `gradient` means for the vectors.
  void add_gradient(std::uint32_t entity, AttributeSet set, const float* gradient,
                    SummedGradient& out) const;
  /// At step i of a loop over n: asks ahead for what `add` will read at later steps;
  /// look_up_at(step) = {entity, set}.
  template <typename LookUpAt>
  void prefetch(std::size_t i, std::size_t n, const LookUpAt& look_up_at) const;

 private:
  TrainedAttributeVectors trained_;
  std::size_t graph_relations_;
  bool in_batch_negatives_;
  /// The side's candidates that are whitelisted professions, by ascending column.
  std::vector<std::pair<std::uint32_t, AttributeSet>> listed_;
};

template <typename LookUpAt>
void VectorQueries::prefetch(std::size_t i, std::size_t n, const LookUpAt& look_up_at) const {
  const auto for_each_attribute = [&](std::size_t ahead, const auto& ask) {
    if (ahead >= n) return;
    auto [entity, set] = look_up_at(ahead);
    for (; set != 0; set &= set - 1) {
      const auto j = static_cast<std::size_t>(std::countr_zero(set));
      ask(trained_.attributes->sensitive()[j], EntityId(entity));
    }
  };
  for_each_attribute(i + 2 * FloatTable::kAhead, [](const datasets::PersonAttribute& attribute,
                                                    EntityId e) { attribute.prefetch_begin(e); });
  for_each_attribute(i + FloatTable::kAhead, [](const datasets::PersonAttribute& attribute,
                                                EntityId e) { attribute.prefetch_values(e); });
}

}  // namespace kgaudit::models
