#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "models/scoring/link_scorer.hpp"
#include "models/training/system.hpp"
#include "suite/base/hash.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// What one epoch did. `losses` are named means over the epoch's positives ("likelihood",
/// "kl.gender" ...).
struct EpochReport {
  std::uint32_t epoch = 0;  ///< 1 for the first
  double seconds = 0.0;     ///< monotonic wall time of the epoch alone
  std::vector<std::pair<std::string, double>> losses;
  /// A loss, or a value of the tables, is no longer a finite number: the updates grew without end,
  /// most often because the learning rate is too large. The epoch ended with the first batch whose
  /// loss was not finite, and `losses` are those of the batches so far.
  bool diverged = false;
};

/// One way to read a trained system. Most have a single view with an empty id. Bose has "a" (all
/// filters composed) and one "s:<attribute>" for each single filter.
struct ModelView {
  std::string id;
  /// The sensitive attribute that this view is for; empty = all of them.
  std::optional<std::string> attribute;
  LinkScorer scorer;
};

/// A system of the roster for training, or for reading the table that another one trained. Throws
/// InputError (usage) where it cannot work on this data or with these parameters. `data` and `pool`
/// must outlive it.
[[nodiscard]] std::unique_ptr<System> make_system(const SystemEntry& entry,
                                                  const datasets::Dataset& data,
                                                  const Parameters& training,
                                                  const Parameters& system_parameters,
                                                  std::uint64_t seed, ThreadPool& pool);

/// Throws the InputError (usage) that a Trainer of these would, and makes no tables: for before
/// anything is written.
void require_trainable(const datasets::Dataset& data, const SystemEntry& system,
                       const Parameters& training, const Parameters& system_parameters,
                       std::uint64_t seed, ThreadPool& pool);

/// Trains one system on one graph with one seed.
///
/// Same dataset, parameters and seed give the same bits, for any number of threads and whether or
/// not the training was saved and loaded in between. All systems with equal `training` parameters
/// and seed see the same batches, negatives and initial values: RNG streams are keyed by purpose,
/// not by call order.
class Trainer {
 public:
  /// `training` resolves training_parameters(). `data` and `pool` must outlive the trainer. Throws
  /// InputError (usage) for a combination of parameters that cannot work (odd dimension for complex
  /// scores, a system that needs attributes the graph lacks).
  Trainer(const datasets::Dataset& data, const SystemEntry& system, const Parameters& training,
          const Parameters& system_parameters, std::uint64_t seed, ThreadPool& pool);
  ~Trainer();
  Trainer(Trainer&&) noexcept;
  Trainer& operator=(Trainer&&) noexcept;

  /// One pass over the training triples. Never throws because of the numbers: a training that runs
  /// away is reported as `diverged`, and then has no next epoch and nothing worth publishing or
  /// saving. `told`, if given, hears the share of the epoch that is done after each batch, in
  /// (0, 1].
  EpochReport run_epoch(const std::function<void(double share)>& told = {});
  [[nodiscard]] std::uint32_t epochs_done() const;

  /// Copies the current embedding out, ready for measuring.
  [[nodiscard]] std::vector<ModelView> publish() const;
  /// The same embedding as another system reads it that trains as this one does
  /// (SystemEntry::trains_as_reference), so that one training serves both.
  [[nodiscard]] std::vector<ModelView> publish_through(System& reader) const;

  /// SHA-256 over everything that the next epoch depends on.
  [[nodiscard]] Digest digest() const;

  /// Writes a checkpoint (to a temporary name, then renamed). It holds the digest, which load()
  /// checks.
  void save(const std::filesystem::path& file) const;
  /// Continues from a checkpoint of the same dataset, system, parameters and seed. Throws
  /// InputError (unreadable) for a damaged file and (not comparable) for one of another run.
  void load(const std::filesystem::path& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kgaudit::models
