#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/training/trainer.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/run_directory.hpp"

namespace kgaudit::run {

/// The key of a validation result among an epoch line's terms.
inline constexpr const char* kValidationTerm = "validation.mrr";

/// Which of a plan's systems trains for `system`: itself, or, of those that train as the reference
/// does, the reference where the plan has it, else the first of them.
[[nodiscard]] std::string trained_by(std::span<const std::string> systems, std::string_view system);

/// Throws InputError (usage) for the first of these systems that cannot be trained on the data with
/// the plan's parameters: for before a folder is made.
void require_trainable(const Plan& plan, std::span<const std::string> systems,
                       const datasets::Dataset& data, ThreadPool& pool);

/// One training of a seed, which may serve several systems; it goes by the name of one of them
/// (trained_by) in the record and in the folder.
class Training {
 public:
  /// Continues from the training's checkpoint if the directory has one. One that diverged according
  /// to the record stays untrained.
  Training(const Plan& plan, const datasets::Dataset& data, const models::SystemEntry& system,
           std::uint64_t seed, ThreadPool& pool, const RunDirectory& directory,
           const reports::RunRecord& record);

  [[nodiscard]] std::string system() const { return std::string(system_->id); }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] models::Trainer& trainer() { return trainer_; }
  [[nodiscard]] const models::Trainer& trainer() const { return trainer_; }
  /// Whether it is over: all epochs done, or diverged.
  [[nodiscard]] bool over() const;
  /// Why it has no values (see divergence.hpp); nothing if it did not diverge.
  [[nodiscard]] const std::optional<std::string>& diverged() const { return diverged_; }
  void diverge(std::string reason) { diverged_ = std::move(reason); }

  /// Keeps this epoch's checkpoint as the one to measure.
  void keep();
  /// Writes the checkpoint unless this epoch's is already there or the training diverged.
  void save();
  /// Goes back to the epoch that was kept.
  void return_to(std::uint32_t epoch);
  /// All systems that it serves are measured and on record.
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
