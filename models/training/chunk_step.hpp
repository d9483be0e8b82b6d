#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "datasets/knowledge_graph.hpp"
#include "models/embedding/embedding_table.hpp"
#include "models/scoring/score_function.hpp"
#include "models/scoring/score_kernel.hpp"
#include "models/training/candidate_columns.hpp"
#include "models/training/chunk_job.hpp"
#include "models/training/loss.hpp"
#include "models/training/sparse_gradient.hpp"
#include "models/training/system.hpp"
#include "models/training/vector_queries.hpp"

namespace kgaudit::models {

struct ChunkGradient {
  SparseGradient entities;  ///< m tails, tail negatives, m heads, head negatives
  SparseGradient relations;
  SummedGradient vectors;  ///< attribute vectors
  double loss = 0.0;       ///< summed over positives and both sides
};

/// The entity of a triple whose row does not learn from it.
enum class Detached : std::uint8_t { kNone, kHead, kTail };

/// What is the same for all chunks of a training.
struct ChunkSettings {
  const ScoreFunction* score = nullptr;
  const LossEntry* loss = nullptr;
  LossSettings loss_settings;
  std::size_t dimension = 0;
  bool in_batch_negatives = true;
  const datasets::KnownTriples* known =
      nullptr;  ///< to filter negatives with; nullptr = unfiltered
  const FloatTable* relations = nullptr;
  std::size_t relation_count = 0;  ///< rows of one direction, twins included
  bool reciprocal = false;
  std::size_t graph_relations = 0;  ///< twins begin here
  std::optional<TrainedAttributeVectors> vectors;
  /// Per relation row of the tail direction: whose row its triples do not move; empty = none.
  std::vector<Detached> detached;
};

/// Computes the likelihood's loss and gradient of one chunk. Holds one thread's scratch memory; the
/// result depends on the job alone.
class ChunkStep {
 public:
  explicit ChunkStep(const ChunkSettings& settings);
  void run(const ChunkJob& job, ChunkGradient& out);

 private:
  /// What one side of the chunk keeps until its gradient has gone all the way back.
  struct SideState {
    std::vector<ChunkQuery> queries;  ///< those that share a product stand together
    std::vector<const float*> known;  ///< row of the known entity, vectors included
    FloatTable known_rows;            ///< the rows that had vectors to include
    FloatTable query_rows;
    FloatTable query_gradients;
    std::vector<float> constants;
    std::vector<float> constant_gradients;
    std::vector<std::uint32_t> candidate_ids;
    FloatTable candidates;
    std::vector<ScoreOverride> overrides;
  };

  void score_side(const ChunkJob& job, AskedSide side, ChunkGradient& out);
  void list_queries(const ChunkJob& job, AskedSide side);
  void make_queries(const ChunkJob& job, AskedSide side);
  void score_group(const ChunkJob& job, AskedSide side, std::size_t first, std::size_t last,
                   ChunkGradient& out);
  /// Which candidates some query of the group is asked about, by the rule of in-batch negatives;
  /// the others' scores are masked and their gradients 0.
  void mark_asked(const ChunkJob& job, AskedSide side, std::size_t first, std::size_t last);
  void mask_scores(const ChunkJob& job, AskedSide side, std::size_t first, std::size_t last);
  /// Adds what the queries of a group and their own answers learn from each other where the answers
  /// are no columns of the group's product.
  void own_answers_gradient(const RowBlock& answers, const SideState& state, std::size_t first,
                            const MutableRowBlock& queries, const MutableRowBlock& targets);
  void score_overrides(const ChunkJob& job, AskedSide side, std::size_t first, std::size_t last);
  void queries_gradient(const ChunkJob& job, AskedSide side, ChunkGradient& out);
  void overrides_gradient(const ChunkJob& job, AskedSide side, ChunkGradient& out);

  /// Where a query's scores stand. Without in-batch negatives the answers of other positives have
  /// no score: a row then has that of its own answer, followed by those of the negatives.
  struct ScoreColumns {
    std::size_t unasked = 0;  ///< candidates before those that all queries are asked about

    [[nodiscard]] std::size_t shared() const { return unasked == 0 ? 0 : 1; }
    [[nodiscard]] std::size_t width(std::size_t candidates) const {
      return candidates - unasked + shared();
    }
    [[nodiscard]] std::size_t of(std::size_t candidate) const {
      return candidate < unasked ? 0 : candidate - unasked + shared();
    }
  };
  [[nodiscard]] ScoreColumns columns_of(const ChunkJob& job) const {
    return {settings_.in_batch_negatives ? 0 : job.positives.size()};
  }
  /// Queries of one product: their candidates carry the same vectors, and learn or do not.
  [[nodiscard]] static std::pair<bool, AttributeSet> product_of(const ChunkQuery& q) {
    return {!q.moves_candidates, q.sets.candidate};
  }
  [[nodiscard]] SideState& side_of(AskedSide side) {
    return sides_[static_cast<std::size_t>(side)];
  }
  [[nodiscard]] const float* relation_of(AskedSide side, const ChunkQuery& q) const;
  [[nodiscard]] std::size_t relation_row(AskedSide side, const ChunkQuery& q) const;
  float make_query(const float* known, const float* relation, AskedSide side, float* out) const;
  void query_gradient(const float* known, const float* relation, AskedSide side, const float* dq,
                      float dconstant, float* dknown, float* drelation) const;
  /// Where dL/drelation of the query is added up; scratch for one that rows do not learn from.
  float* relation_gradient(AskedSide side, const ChunkQuery& q, ChunkGradient& out);
  /// Where the gradient of the side's candidate c belongs in ChunkGradient::entities.
  [[nodiscard]] static std::size_t candidate_row(const ChunkJob& job, AskedSide side,
                                                 std::size_t c);
  /// Where the gradient of the side's known entity of positive i belongs.
  [[nodiscard]] static std::size_t known_gradient_row(const ChunkJob& job, AskedSide side,
                                                      std::size_t i);

  ChunkSettings settings_;
  std::optional<VectorQueries> vectors_;
  std::array<SideState, 2> sides_;
  CandidateColumns candidate_columns_;
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
