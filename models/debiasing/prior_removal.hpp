#pragma once

#include <memory>

#include "datasets/attribute_table.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_function.hpp"

namespace kgaudit::models {

/// True for scores whose relation rows can take the common preference out: translations compared by
/// dot product or L2 distance. With others remove_prior changes nothing.
[[nodiscard]] bool can_remove_prior(const ScoreFunction& score);

/// Prior removal: sets R_j such that the mean person scores all values of attribute j alike, by the
/// shortest change of R_j that does so. It takes out which value a model prefers for everybody, and
/// nothing that tells two persons apart. No person's value is looked at; the mean is over all
/// persons of `attributes`.
///
/// The values are the 30 commonest of train (of gender the 2 commonest), those that the KL loss of
/// Fisher et al. 2020 asks about. All relations that state the attribute with the person as head
/// are set, in the tail direction; where the person is the tail, the person's own row is what
/// scores are linear in, and R_j adds the same to all of them. Entity rows do not change.
void remove_prior(EmbeddingTable& table, const ScoreFunction& score,
                  const datasets::AttributeTable& attributes);

/// A copy with the prior removed; `table` itself where it cannot be.
[[nodiscard]] std::shared_ptr<const EmbeddingTable> without_prior(
    std::shared_ptr<const EmbeddingTable> table, const ScoreFunction& score,
    const datasets::AttributeTable& attributes);

}  // namespace kgaudit::models
