#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/feature_matrix.hpp"
#include "metrics/person_features.hpp"
#include "models/scoring/link_scorer.hpp"

namespace kgaudit::metrics {

/// Of each person: the entities at the other end of its train triples, without those of the
/// relations that state the attribute (datasets::relations_that_state). One entry a triple, in the
/// order of train; a triple of a person with itself has none.
[[nodiscard]] std::vector<std::vector<EntityId>> neighbours_of(
    const datasets::KnowledgeGraph& graph, const datasets::PersonAttribute& attribute,
    std::span<const EntityId> persons);

/// The mean row of each person's neighbours, one entry a triple; 0 for a person without any.
[[nodiscard]] FeatureMatrix mean_neighbour_rows(const models::LinkScorer& scorer,
                                                std::span<const std::vector<EntityId>> neighbours);

/// Which neighbours each person has: a column for each entity that is a neighbour of two or more of
/// the first `learnt_from` persons, in the order of entities. Others tell nothing that can be
/// learnt.
[[nodiscard]] SparseRows neighbour_links(std::span<const std::vector<EntityId>> neighbours,
                                         std::size_t learnt_from, std::size_t entity_count);

}  // namespace kgaudit::metrics
