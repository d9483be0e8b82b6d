#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "models/embedding/foreign/foreign_embedding.hpp"
#include "models/scoring/attribute_rules.hpp"
#include "models/training/trainer.hpp"
#include "suite/base/memory_budget.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

// The final rows of a run, as files and back. A run keeps them as folders that the `kgaudit` reader
// of embeddings reads: an export is the same embedding in other formats.

/// A view of a trained system with all that an audit needs to get its figures again: names, how
/// rows are scored, attribute vectors, and the plan. `data` are those that it was trained on.
[[nodiscard]] models::ForeignEmbedding embedding_of(const models::ModelView& view,
                                                    const datasets::Dataset& data, const Plan& plan,
                                                    const std::string& system, std::uint64_t seed);

/// Writes it into `folder`. What an interrupted run left there is replaced.
void keep_embedding(const models::ForeignEmbedding& embedding, const std::filesystem::path& folder);

/// The attribute vectors of an embedding of ours, for the entities of `data`; nullptr if it has
/// none. `rows` says which row of the embedding each entity has. Throws InputError (unreadable) at
/// `place` for vectors that are no such vectors.
[[nodiscard]] std::shared_ptr<const models::AttributeVectors> attribute_vectors_of(
    const models::ForeignEmbedding& embedding, const datasets::Dataset& data,
    std::span<const std::uint32_t> rows, const std::string& place, MemoryBudget& budget);

/// One embedding that a run kept.
struct KeptEmbedding {
  std::filesystem::path folder;
  models::RunOrigin origin;

  /// "bose [s:gender], seed 1".
  [[nodiscard]] std::string name() const;
};

/// All of them, by name. None for a folder without any. Throws InputError (unreadable) for a
/// description that is damaged.
[[nodiscard]] std::vector<KeptEmbedding> kept_embeddings(const std::filesystem::path& run);

/// What `export` is asked for; empty = the only one there is.
struct KeptChoice {
  std::string system;
  std::string view;
  std::string seed;
};
/// The one that is meant. Throws InputError (usage): a run that kept none, a system, view or seed
/// that is not among them, or several that fit.
[[nodiscard]] KeptEmbedding chosen_kept_embedding(const std::filesystem::path& run,
                                                  const KeptChoice& choice);

}  // namespace kgaudit::run
