#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/training/trainer.hpp"
#include "reports/record/run_record.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/run_directory.hpp"

namespace kgaudit::run {

/// Seconds of each finished epoch in order, by system.
using EpochSeconds = std::map<std::string, std::vector<double>>;

/// The key of a validation result among an epoch line's terms.
inline constexpr const char* kValidationTerm = "validation.mrr";

/// One system with one seed, on its way through training.
class Contestant {
 public:
  /// Continues from the pair's checkpoint if the directory has one. A pair that diverged according
  /// to the record stays untrained.
  Contestant(const Plan& plan, const datasets::Dataset& data, const models::SystemEntry& system,
             std::uint64_t seed, ThreadPool& pool, const RunDirectory& directory,
             const reports::RunRecord& record);

  [[nodiscard]] std::string system() const { return std::string(system_->id); }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] models::Trainer& trainer() { return trainer_; }
  [[nodiscard]] const models::Trainer& trainer() const { return trainer_; }
  /// Whether the training is over: all epochs done, or diverged.
  [[nodiscard]] bool trained() const;
  /// Why the pair has no values (see divergence.hpp); nothing if it did not diverge.
  [[nodiscard]] const std::optional<std::string>& diverged() const { return diverged_; }
  void diverge(std::string reason) { diverged_ = std::move(reason); }

  /// Keeps this epoch's checkpoint as the one to measure.
  void keep();
  /// Writes the checkpoint unless this epoch's is already there or the training diverged.
  void save();
  /// Goes back to the epoch that was kept.
  void return_to(std::uint32_t epoch);
  /// The pair is measured and on record.
  void forget_checkpoints() const { directory_->forget_checkpoints(system(), seed_); }

 private:
  const models::SystemEntry* system_;
  std::uint64_t seed_;
  std::uint32_t epochs_;
  const RunDirectory* directory_;
  models::Trainer trainer_;
  std::uint32_t saved_epoch_ = 0;
  std::optional<std::string> diverged_;
};

}  // namespace kgaudit::run
