#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/training/system.hpp"
#include "models/training/trainer.hpp"
#include "suite/run/training.hpp"

namespace kgaudit::run {

/// Seconds of each finished epoch in order, by the system that a training goes by.
using EpochSeconds = std::map<std::string, std::vector<double>>;

/// One system with one seed, on its way to being measured.
class Contestant {
 public:
  /// A system that has the training to itself, or that it goes by.
  explicit Contestant(std::shared_ptr<Training> training)
      : training_(std::move(training)), system_(training_->system()) {}
  /// A system that only reads what another one trained.
  Contestant(std::string system, std::shared_ptr<Training> training,
             std::unique_ptr<models::System> reader)
      : training_(std::move(training)), system_(std::move(system)), reader_(std::move(reader)) {}

  [[nodiscard]] const std::string& system() const { return system_; }
  [[nodiscard]] std::uint64_t seed() const { return training_->seed(); }
  [[nodiscard]] Training& training() { return *training_; }
  [[nodiscard]] const Training& training() const { return *training_; }
  /// Whether the training goes by another system's name.
  [[nodiscard]] bool only_reads() const { return reader_ != nullptr; }

  /// Why the pair has no values: what it reads diverged, or what it made of it is not finite.
  [[nodiscard]] const std::optional<std::string>& diverged() const {
    return diverged_ ? diverged_ : training_->diverged();
  }
  void diverge(std::string reason) { diverged_ = std::move(reason); }

  /// What there is to measure; see Trainer::publish.
  [[nodiscard]] std::vector<models::ModelView> publish() const {
    return reader_ ? training_->trainer().publish_through(*reader_)
                   : training_->trainer().publish();
  }

 private:
  std::shared_ptr<Training> training_;
  std::string system_;
  std::unique_ptr<models::System> reader_;
  std::optional<std::string> diverged_;
};

}  // namespace kgaudit::run
