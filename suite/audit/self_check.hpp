#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "suite/audit/readings.hpp"
#include "suite/base/progress.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::run {

/// How well one reading ranks triples that the model was trained on.
struct ReadingFit {
  Reading reading;
  /// Mean reciprocal rank of the sample, filtered, heads and tails.
  double mrr = 0.0;
  /// The same for questions and answers that do not belong together: what entities that are often
  /// the answer give without any knowledge.
  double by_chance = 0.0;
  /// Standard error of the difference of the two, over triples.
  double error = 0.0;

  /// What the reading knows beyond chance.
  [[nodiscard]] double knowledge() const { return mrr - by_chance; }
  /// Whether the reading knows the triples: at least twice what chance gives, and four standard
  /// errors above it.
  [[nodiscard]] bool above_chance() const;
};

/// What ranking known triples says of the readings.
struct SelfCheck {
  std::vector<ReadingFit> fits;  ///< in the order of the readings
  std::size_t chosen = 0;        ///< the one that knows most; of two alike the likelier
  std::size_t triples = 0;       ///< in the sample

  [[nodiscard]] const ReadingFit& best() const { return fits[chosen]; }
  /// The best of the others; nullptr if there is none.
  [[nodiscard]] const ReadingFit* next() const;
  /// "transe-l1, ... ranks 500 known triples with MRR .267; next distmult .012; chance gives .001".
  [[nodiscard]] std::string in_words() const;
};

inline constexpr std::size_t kCheckedTriples = 500;

/// Ranks up to `sample` train triples, drawn with seed 0, under every reading. The graph has train
/// triples and there is at least one reading.
[[nodiscard]] SelfCheck self_check(const ForeignRows& rows, std::span<const Reading> readings,
                                   const RowsOfGraph& graph,
                                   const datasets::KnowledgeGraph& triples,
                                   const datasets::KnownTriples& known, std::size_t sample,
                                   ThreadPool& pool, Progress& progress);

/// Throws InputError (unreadable) at `place` when no reading is above chance: names and rows do not
/// belong together, or the model has learned nothing.
void require_fit(const SelfCheck& check, const std::string& place);

}  // namespace kgaudit::run
