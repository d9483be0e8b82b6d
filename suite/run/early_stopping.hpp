#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "suite/base/parameters.hpp"

namespace kgaudit::run {

/// Decides when the systems of a seed are validated, which epoch is measured, and when to stop. One
/// system decides for all of them (`deciding_system`): each by its own best epoch would stop those
/// first whose ranking suffers from debiasing, before they are debiased. Its whole state is a
/// function of what it observed, so a resumed run replays the observations.
class EarlyStopping {
 public:
  /// `evaluation` is the plan's table of that name; `epochs` the most that will be trained.
  EarlyStopping(const Parameters& evaluation, std::uint32_t epochs);

  /// Whether to validate after this epoch: every k-th and the last.
  [[nodiscard]] bool due(std::uint32_t epoch) const;
  /// Takes a validation result in; true if it is the best so far (the earlier epoch wins a tie).
  bool observe(std::uint32_t epoch, double mrr);
  /// Whether the last `patience` validations brought nothing better.
  [[nodiscard]] bool exhausted() const;
  /// The epoch to measure; nothing if none was validated.
  [[nodiscard]] std::optional<std::uint32_t> best_epoch() const { return best_epoch_; }

 private:
  std::uint32_t every_;
  std::uint32_t patience_;
  std::uint32_t epochs_;
  std::optional<std::uint32_t> best_epoch_;
  double best_mrr_ = 0.0;
  std::uint32_t since_best_ = 0;
};

/// The system whose validation decides for all: the one that others are compared with, models'
/// reference_system, or the first where that one takes no part. `systems` must not be empty.
[[nodiscard]] std::string deciding_system(std::span<const std::string> systems);

}  // namespace kgaudit::run
