#include "models/training/vector_queries.hpp"

namespace kgaudit::models {

void VectorQueries::list(const ChunkJob& job, AskedSide side,
                         std::span<const std::uint32_t> candidate_ids,
                         std::vector<ChunkQuery>& queries) {
  const AttributeRules& rules = *trained_.rules;
  listed_.clear();
  for (std::size_t c = 0; c < candidate_ids.size(); ++c) {
    const AttributeSet allowed = rules.of_profession(EntityId(candidate_ids[c]));
    if (allowed != 0) listed_.emplace_back(static_cast<std::uint32_t>(c), allowed);
  }
  if (trained_.residual_every > 0) {
    for (std::size_t i = 0; i < job.positives.size(); ++i) {
      queries[i].plain = true;
      if (i % trained_.residual_every != 0) continue;
      queries.push_back({.positive = queries[i].positive,
                         .relation = queries[i].relation,
                         .residual = true,
                         .moves_known = false,
                         .moves_candidates = false});
    }
  }
  if (trained_.twin_every > 0) {
    std::size_t sensitive = 0;
    for (std::size_t i = 0; i < job.positives.size(); ++i) {
      const RelationId relation = job.positives[i].relation;
      const auto j = trained_.attributes->sensitive_index(relation);
      // The twin is that of the attribute's first relation: a further one may run the other way.
      if (!j || trained_.attributes->sensitive()[*j].source().relation != relation) continue;
      if (sensitive++ % trained_.twin_every == 0) {
        queries.push_back({.positive = static_cast<std::uint32_t>(i),
                           .relation = static_cast<std::uint32_t>(graph_relations_ + *j)});
      }
    }
  }
  for (ChunkQuery& q : queries) {
    if (q.plain) continue;
    q.sets = rules.sets_for(q.relation, side, EntityId(q.known_entity(job, side)));
  }
  // A residual query without a vector in any of its scores would teach no vector.
  const std::size_t first_negative = in_batch_negatives_ ? 0 : job.positives.size();
  const bool any_listed = !listed_.empty() && listed_.back().first >= first_negative;
  std::erase_if(queries, [&](const ChunkQuery& q) {
    if (!q.residual || q.sets.known != 0 || q.sets.candidate != 0) return false;
    const bool listed = any_listed || rules.of_profession(EntityId(candidate_ids[q.positive])) != 0;
    return !rules.asks_for_profession(q.relation, side) || !listed;
  });
}

void VectorQueries::list_overrides(const ChunkJob& job, AskedSide side,
                                   std::span<const ChunkQuery> queries, std::size_t first,
                                   std::size_t last, std::vector<ScoreOverride>& overrides) const {
  for (std::size_t i = first; i < last; ++i) {
    const ChunkQuery& q = queries[i];
    // Only where the candidate is the profession; where it is the person, the whole row agrees.
    if (q.plain || !trained_.rules->asks_for_profession(q.relation, side)) continue;
    for (const auto& [c, allowed] : listed_) {
      const AttributeSet wanted = q.sets.known | allowed;
      if (wanted == q.sets.known) continue;
      const bool masked = !in_batch_negatives_ && c < job.positives.size();
      if (masked && c != q.positive) continue;
      overrides.push_back({static_cast<std::uint32_t>(i), c, wanted, 0.0F});
    }
  }
}

void VectorQueries::add(std::uint32_t entity, AttributeSet set, float* out) const {
  for (; set != 0; set &= set - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(set));
    const auto values = trained_.attributes->sensitive()[j].train_values(EntityId(entity));
    const float share = 1.0F / static_cast<float>(values.size());
    for (const std::uint32_t v : values) {
      const auto a = trained_.vectors->values(trained_.first_row[j] + v);
      for (std::size_t k = 0; k < a.size(); ++k) out[k] += share * a[k];
    }
  }
}

void VectorQueries::add_gradient(std::uint32_t entity, AttributeSet set, const float* gradient,
                                 SummedGradient& out) const {
  const std::size_t width = trained_.vectors->width();
  for (; set != 0; set &= set - 1) {
    const auto j = static_cast<std::size_t>(std::countr_zero(set));
    const auto values = trained_.attributes->sensitive()[j].train_values(EntityId(entity));
    const float share = 1.0F / static_cast<float>(values.size());
    for (const std::uint32_t v : values) {
      float* da = out.row(static_cast<std::uint32_t>(trained_.first_row[j] + v), width);
      for (std::size_t k = 0; k < width; ++k) da[k] += share * gradient[k];
    }
  }
}

}  // namespace kgaudit::models
