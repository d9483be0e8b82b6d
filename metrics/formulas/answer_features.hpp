#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "datasets/dataset.hpp"
#include "metrics/feature_matrix.hpp"
#include "models/scoring/link_scorer.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::metrics {

/// A question about persons that is not about the attribute: what stands on the other side of a
/// relation.
struct PersonQuestion {
  RelationId relation;
  bool inverse = false;              ///< the person is the tail
  std::vector<EntityId> candidates;  ///< by falling frequency in train, ties by id
};

/// The relations of which most train triples have a person on one side, each side by itself: at
/// most `most` of them, each with its `candidates` commonest answers for persons. Left out is what
/// states the attribute (datasets::relations_that_state) and what the whitelist allows to use it.
/// Sorted by falling number of triples, ties by relation and side.
[[nodiscard]] std::vector<PersonQuestion> person_questions(
    const datasets::Dataset& data, const datasets::PersonAttribute& attribute, std::size_t most,
    std::size_t candidates);

/// What a model's own answers tell of persons: for each question, the softmax over the scores of
/// its candidates, as the expected answer row (the mean of the candidates' rows, weighted by the
/// softmax), and the scores of the `scores` commonest candidates. Attribute vectors take no part
/// but those of the attributes in `added`, which are added to the persons' rows. One row a person;
/// columns: per question dimension + min(scores, candidates). Same bits for any number of threads.
/// Costs persons x questions x candidates x 2 dimension multiply-adds.
[[nodiscard]] FeatureMatrix answer_features(const models::LinkScorer& scorer,
                                            std::span<const PersonQuestion> questions,
                                            std::span<const EntityId> persons, std::size_t scores,
                                            ThreadPool& pool, models::AttributeSet added = 0);

}  // namespace kgaudit::metrics
