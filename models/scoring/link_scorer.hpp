#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "datasets/dataset.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/attribute_rules.hpp"
#include "models/scoring/score_function.hpp"
#include "models/scoring/score_kernel.hpp"

namespace kgaudit::models {

/// (h, r, ?): all tails are candidates.
struct TailQuery {
  EntityId head;
  RelationId relation;
  auto operator<=>(const TailQuery&) const = default;
};
/// (?, r, t): all heads are candidates.
struct HeadQuery {
  RelationId relation;
  EntityId tail;
  auto operator<=>(const HeadQuery&) const = default;
};

/// Queries made ready once, to be scored against one piece of the entities after another. Made by
/// LinkScorer::prepare, for the same scorer alone.
template <typename Query>
struct PreparedQueries {
  /// Those whose candidates carry the same attribute vectors.
  struct Group {
    AttributeSet added = 0;           ///< to each candidate
    std::vector<std::size_t> places;  ///< of its queries, ascending
    FloatTable rows;                  ///< what a candidate is compared with, one a query
    std::vector<float> constants;     ///< added to the comparison, one a query
  };
  std::vector<Query> queries;
  std::vector<AttributeSet> known;  ///< per query: the vectors added to its known entity
  std::vector<Group> groups;
};

/// Memory of a thread that scores one piece after another; it only ever grows.
struct ScoreBuffers {
  CandidatePanels panels;
  FloatTable rows;            ///< candidates with their attribute vectors
  std::vector<float> scores;  ///< of queries that do not stand side by side
};

/// Read-only scoring with a finished embedding: what every metric works with. Larger = more
/// plausible. A triple gets the same bits in every tail form, and in score_heads for every block
/// (contract tests), so ties between equal candidates are exact. Thread-safe.
class LinkScorer {
 public:
  LinkScorer(std::shared_ptr<const EmbeddingTable> table, const ScoreFunction& score,
             std::shared_ptr<const AttributeVectors> vectors = nullptr);

  [[nodiscard]] std::size_t entity_count() const { return table_->entities.rows(); }
  /// Real relations: reciprocal rows are not counted.
  [[nodiscard]] std::size_t relation_count() const { return relation_count_; }
  [[nodiscard]] std::size_t dimension() const { return table_->dimension(); }
  [[nodiscard]] const ScoreFunction& score_function() const { return *score_; }
  [[nodiscard]] const EmbeddingTable& table() const { return *table_; }
  /// What is published beside the rows; nullptr = nothing.
  [[nodiscard]] const AttributeVectors* attribute_vectors() const { return vectors_.get(); }
  /// The same rows, scored without any vector.
  [[nodiscard]] LinkScorer of_rows_alone() const { return {table_, *score_}; }
  /// Whether no number of the rows and vectors is infinite or NaN. Scores of one that is not mean
  /// nothing: NaN compares with nothing, so every answer would be ranked first.
  [[nodiscard]] bool finite() const;

  /// g(h, r, t) in the tail direction; with attribute vectors where the whitelist allows them.
  [[nodiscard]] float score(EntityId head, RelationId relation, EntityId tail) const;

  /// For TailQuery and HeadQuery.
  template <typename Query>
  [[nodiscard]] PreparedQueries<Query> prepare(std::span<const Query> queries) const;
  /// out[i * stride + c] = score of candidate entity first + c for query i, c in [0, last - first).
  template <typename Query>
  void score(const PreparedQueries<Query>& queries, std::size_t first, std::size_t last, float* out,
             std::size_t stride, ScoreBuffers& buffers) const;
  /// The same in one go.
  void score_tails(std::span<const TailQuery> queries, std::size_t first, std::size_t last,
                   float* out, std::size_t stride) const;
  void score_heads(std::span<const HeadQuery> queries, std::size_t first, std::size_t last,
                   float* out, std::size_t stride) const;

  /// Scores of given candidates, as the bias metrics need them: out[i * stride + c] =
  /// g(E_{persons[i]}, R, E_{candidates[c]}), or with `inverse` g(E_{candidates[c]}, R,
  /// E_{persons[i]}) in the tail direction of R (an inverse attribute such as FB15k-237's
  /// ethnicity). WITHOUT attribute vectors, whatever the whitelist allows; with `added`, each
  /// person's vectors of these attributes are added to the person's row, as somebody can who has
  /// them. A person without such a vector stays as it is.
  void score_candidates(std::span<const EntityId> persons, RelationId relation, bool inverse,
                        std::span<const EntityId> candidates, float* out, std::size_t stride,
                        AttributeSet added = 0) const;

  /// Score of free rows in the tail direction: g(head_row, R, tail_row), rows of dimension()
  /// floats.
  [[nodiscard]] float score_rows(std::span<const float> head, RelationId relation,
                                 std::span<const float> tail) const;
  /// out = d g(h, R, t) / d h at free rows (tail direction).
  void head_gradient(std::span<const float> head, RelationId relation, std::span<const float> tail,
                     std::span<float> out) const;
  /// out = d g(h, R, t) / d t at free rows (tail direction).
  void tail_gradient(std::span<const float> head, RelationId relation, std::span<const float> tail,
                     std::span<float> out) const;

  /// The entity's row without attribute vectors: what a leakage probe sees.
  [[nodiscard]] std::span<const float> entity_row(EntityId e) const {
    return table_->entities.values(e.index());
  }
  [[nodiscard]] std::span<const float> relation_row(RelationId r) const {
    return table_->relations.values(r.index());
  }

 private:
  void entity_query_row(EntityId e, AttributeSet attributes, float* out) const;
  float make_query(const TailQuery& q, AttributeSet attributes, float* out) const;
  float make_query(const HeadQuery& q, AttributeSet attributes, float* out) const;
  template <typename Query>
  void score_group(const typename PreparedQueries<Query>::Group& group, std::size_t first,
                   std::size_t last, float* out, std::size_t stride, ScoreBuffers& buffers) const;
  template <typename Query>
  void override_professions(const Query& query, AttributeSet known_set, std::size_t first,
                            std::size_t last, float* out) const;
  void row_gradients(std::span<const float> head, RelationId relation, std::span<const float> tail,
                     std::span<float> dhead, std::span<float> dtail) const;

  std::shared_ptr<const EmbeddingTable> table_;
  const ScoreFunction* score_;
  std::shared_ptr<const AttributeVectors> vectors_;
  std::size_t relation_count_;
};

}  // namespace kgaudit::models
