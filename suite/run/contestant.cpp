#include "suite/run/contestant.hpp"

#include <filesystem>

#include "suite/run/divergence.hpp"

namespace kgaudit::run {

Contestant::Contestant(const Plan& plan, const datasets::Dataset& data,
                       const models::SystemEntry& system, std::uint64_t seed, ThreadPool& pool,
                       const RunDirectory& directory, const reports::RunRecord& record)
    : system_(&system),
      seed_(seed),
      epochs_(static_cast<std::uint32_t>(plan.training().count("epochs"))),
      directory_(&directory),
      trainer_(data, system, plan.training(), plan.system(system.id), seed, pool),
      diverged_(divergence_on_record(record, system.id, seed)) {
  if (diverged_) return;
  const auto checkpoint = directory.checkpoint(system.id, seed);
  if (!std::filesystem::exists(checkpoint)) return;
  trainer_.load(checkpoint);
  saved_epoch_ = trainer_.epochs_done();
}

bool Contestant::trained() const { return diverged_ || trainer_.epochs_done() >= epochs_; }

void Contestant::keep() { trainer_.save(directory_->best_checkpoint(system(), seed_)); }

void Contestant::save() {
  if (diverged_ || saved_epoch_ == trainer_.epochs_done()) return;
  trainer_.save(directory_->checkpoint(system(), seed_));
  saved_epoch_ = trainer_.epochs_done();
}

void Contestant::return_to(std::uint32_t epoch) {
  if (epoch != trainer_.epochs_done()) {
    trainer_.load(directory_->best_checkpoint(system(), seed_));
  }
}

}  // namespace kgaudit::run
