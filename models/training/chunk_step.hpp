#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_function.hpp"
#include "models/scoring/score_kernel.hpp"
#include "models/training/loss.hpp"
#include "models/training/system.hpp"

namespace kgaudit::models {

/// Where a chunk reads entity rows: the table itself, or rows that a system made for the batch.
struct EntityRows {
  const FloatTable* table = nullptr;
  const std::uint32_t* slot = nullptr;  ///< entity -> row; nullptr = the entity's own id

  [[nodiscard]] const float* row(std::uint32_t entity) const {
    return table->row(slot == nullptr ? entity : slot[entity]);
  }
  void prefetch(std::uint32_t entity) const {
    table->prefetch(slot == nullptr ? entity : slot[entity]);
  }
};

/// A chunk: m positives that share their negatives, so that scoring them is one matrix product a
/// side.
struct ChunkJob {
  std::span<const datasets::Triple> positives;
  std::span<const std::uint32_t> tail_negatives;
  std::span<const std::uint32_t> head_negatives;
  EntityRows entities;
};

/// A sparse gradient: row i belongs to ids[i]; an id may occur several times. Buffers keep their
/// memory.
struct SparseGradient {
  std::vector<std::uint32_t> ids;
  FloatTable rows;

  /// n rows with unset ids and values.
  void resize(std::size_t n, std::size_t width);
  /// One more row of zeros.
  float* append(std::uint32_t id, std::size_t width);
};

struct ChunkGradient {
  SparseGradient entities;  ///< m tails, tail negatives, m heads, head negatives
  SparseGradient relations;
  SparseGradient vectors;  ///< attribute vectors
  double loss = 0.0;       ///< summed over positives and both sides
};

/// The entity of a triple whose row does not learn from it.
enum class Detached : std::uint8_t { kNone, kHead, kTail };

/// What is the same for all chunks of a training.
struct ChunkSettings {
  const ScoreFunction* score = nullptr;
  LossSettings loss;
  std::size_t dimension = 0;
  bool in_batch_negatives = true;
  const datasets::KnownTriples* known =
      nullptr;  ///< to filter negatives with; nullptr = unfiltered
  const FloatTable* relations = nullptr;
  std::size_t relation_count = 0;  ///< rows of one direction, twins included
  bool reciprocal = false;
  std::size_t graph_relations = 0;  ///< twins begin here
  std::optional<TrainedAttributeVectors> attributes;
  /// Per relation row of the tail direction: whose row its triples do not move; empty = none.
  std::vector<Detached> detached;
};

/// Computes the likelihood's loss and gradient of one chunk. Holds one thread's scratch memory; the
/// result depends on the job alone.
class ChunkStep {
 public:
  explicit ChunkStep(const ChunkSettings& settings) : settings_(settings) {}
  void run(const ChunkJob& job, ChunkGradient& out);

 private:
  enum class Side : std::size_t { kTail = 0, kHead = 1 };

  /// One row of the score matrix.
  struct Query {
    std::uint32_t positive = 0;  ///< index in the chunk; also the column of the true candidate
    std::uint32_t relation = 0;  ///< row of the tail direction, twins included
    AttributeSet known = 0;      ///< vectors added to the known entity
    AttributeSet candidate = 0;  ///< vectors added to each candidate
    bool plain = false;          ///< no vectors, whatever the rules allow
    bool residual = false;       ///< only vectors learn from it
    bool moves_known = true;     ///< the known entity's row learns from it
    bool moves_candidates = true;
  };
  /// A single score that is asked with other vectors than its row: a whitelisted profession as
  /// candidate.
  struct Override {
    std::uint32_t row = 0;  ///< among the side's queries
    std::uint32_t column = 0;
    AttributeSet known = 0;
    float gradient = 0.0F;  ///< dL/dscore
  };
  /// What one side of the chunk keeps until its gradient has gone all the way back.
  struct SideState {
    std::vector<Query> queries;       ///< those that share a product stand together
    std::vector<const float*> known;  ///< row of the known entity, vectors included
    FloatTable known_rows;            ///< the rows that had vectors to include
    FloatTable query_rows;
    FloatTable query_gradients;
    std::vector<float> constants;
    std::vector<float> constant_gradients;
    std::vector<std::uint32_t> candidate_ids;
    FloatTable candidates;
    std::vector<Override> overrides;
  };

  void score_side(const ChunkJob& job, Side side, ChunkGradient& out);
  void list_queries(const ChunkJob& job, Side side);
  /// Adds the queries of residual vectors and twins, and says which vectors each query has.
  void list_queries_with_vectors(const ChunkJob& job, Side side);
  void make_queries(const ChunkJob& job, Side side);
  void score_group(const ChunkJob& job, Side side, std::size_t first, std::size_t last,
                   ChunkGradient& out);
  /// Which candidates some query of the group is asked about, by the rule of in-batch negatives;
  /// the others' scores are masked and their gradients 0.
  void mark_asked(const ChunkJob& job, Side side, std::size_t first, std::size_t last);
  void mask_scores(const ChunkJob& job, Side side, std::size_t first, std::size_t last);
  void apply_overrides(const ChunkJob& job, Side side, std::size_t first, std::size_t last);
  void queries_gradient(const ChunkJob& job, Side side, ChunkGradient& out);
  void overrides_gradient(const ChunkJob& job, Side side, ChunkGradient& out);

  /// Queries of one product: their candidates carry the same vectors, and learn or do not.
  [[nodiscard]] static std::pair<bool, AttributeSet> product_of(const Query& q) {
    return {!q.moves_candidates, q.candidate};
  }
  [[nodiscard]] static std::uint32_t known_entity(const ChunkJob& job, Side side, const Query& q);
  [[nodiscard]] const float* relation_of(Side side, const Query& q) const;
  [[nodiscard]] std::size_t relation_row(Side side, const Query& q) const;
  float make_query(const float* known, const float* relation, Side side, float* out) const;
  void query_gradient(const float* known, const float* relation, Side side, const float* dq,
                      float dconstant, float* dknown, float* drelation) const;
  /// Where dL/drelation of the query is added up; scratch for one that rows do not learn from.
  float* relation_gradient(Side side, const Query& q, ChunkGradient& out);
  /// At step i of a loop over n: asks ahead for what add_vectors(entity, set, ...) will read at
  /// later steps; look_up_at(step) = {entity, set}.
  template <typename LookUpAt>
  void prefetch_values(std::size_t i, std::size_t n, const LookUpAt& look_up_at) const;
  void add_vectors(std::uint32_t entity, AttributeSet set, float* out) const;
  void add_vectors_gradient(std::uint32_t entity, AttributeSet set, const float* gradient,
                            ChunkGradient& out);
  /// Where the gradient of the side's candidate c belongs in ChunkGradient::entities.
  [[nodiscard]] static std::size_t candidate_row(const ChunkJob& job, Side side, std::size_t c);
  /// Where the gradient of the side's known entity of positive i belongs.
  [[nodiscard]] static std::size_t known_gradient_row(const ChunkJob& job, Side side,
                                                      std::size_t i);

  ChunkSettings settings_;
  std::array<SideState, 2> sides_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> sorted_candidates_;  ///< (entity, column)
  /// The side's candidates that are whitelisted professions, by ascending column.
  std::vector<std::pair<std::uint32_t, AttributeSet>> listed_;
  FloatTable augmented_;
  std::vector<bool> asked_;  ///< per candidate of the group
  FloatTable candidate_gradients_;
  FloatTable scores_;
  FloatTable seen_scores_;  ///< scores_ with constants, other vectors and masks: what the loss sees
  FloatTable score_gradients_;
  FloatTable row_scratch_;
  FloatTable unused_gradient_;
  CandidatePanels panels_;
};

}  // namespace kgaudit::models
