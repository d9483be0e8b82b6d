#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "datasets/knowledge_graph.hpp"

namespace kgaudit::metrics {

/// Which predictions of a test triple the train set gives away (Rossi et al. 2021).
struct PredictionFlags {
  bool head = false;
  bool tail = false;
};

/// Rossi et al.'s thresholds.
struct PredictionFlagThresholds {
  double same_answer = 0.75;   ///< type 1
  double share_of_keys = 0.5;  ///< type 2
  double overlap = 0.5;        ///< type 3 (must be exceeded)
  double many = 1.2;           ///< mean answers a key above which a relation's side is "N"
};

/// Type 1: the answer makes up at least 75 % of the relation's answers in train.
/// Type 2: the relation gives many answers on this side (1-N or N-N for tails) and this answer goes
///   with at least half of all keys of the relation in train. Answers a key are counted over train,
///   valid and test for the keys of train: needed to match the published flags.
/// Type 3: another relation whose pairs are mostly (> 50 %) pairs of this one too links the same
///   two entities in train; flags both sides.
/// Aligned with the triples that were asked about.
struct TestPredictionFlags {
  std::vector<PredictionFlags> type1;
  std::vector<PredictionFlags> type2;
  std::vector<PredictionFlags> type3;
};
/// `predicted` are test triples: all of them, or those that were ranked.
[[nodiscard]] TestPredictionFlags flag_test_predictions(
    const datasets::KnowledgeGraph& graph, std::span<const datasets::Triple> predicted,
    const PredictionFlagThresholds& thresholds = {});

/// Whether a relation gives many answers on either side ("1-N" = many_tails only).
struct RelationType {
  bool many_heads = false;
  bool many_tails = false;
};
/// Per relation; relations without train triples are 1-1. `answers` are the triples in which
/// answers are counted; the keys are those of train.
[[nodiscard]] std::vector<RelationType> relation_types(
    const datasets::KnowledgeGraph& graph,
    std::initializer_list<std::span<const datasets::Triple>> answers, double many = 1.2);

}  // namespace kgaudit::metrics
