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
      stopping_(plan.evaluation(), epochs_),
      diverged_(divergence_on_record(record, system.id, seed)) {
  if (diverged_) return;
  const auto checkpoint = directory.checkpoint(system.id, seed);
  if (!std::filesystem::exists(checkpoint)) return;
  trainer_.load(checkpoint);
  saved_epoch_ = trainer_.epochs_done();
  // A crash may have left lines of epochs after the checkpoint; those epochs are done again.
  for (const reports::EpochLine& line : record.epochs) {
    if (line.system != system.id || line.seed != seed || line.epoch > saved_epoch_) continue;
    const auto mrr = line.terms.find(kValidationTerm);
    if (mrr != line.terms.end()) {
      stopping_.observe(static_cast<std::uint32_t>(line.epoch), mrr->second);
    }
  }
}

bool Contestant::trained() const {
  return diverged_ || trainer_.epochs_done() >= epochs_ || stopping_.exhausted();
}

void Contestant::observe(std::uint32_t epoch, double mrr) {
  if (stopping_.observe(epoch, mrr)) trainer_.save(directory_->best_checkpoint(system(), seed_));
}

void Contestant::save() {
  if (diverged_ || saved_epoch_ == trainer_.epochs_done()) return;
  trainer_.save(directory_->checkpoint(system(), seed_));
  saved_epoch_ = trainer_.epochs_done();
}

void Contestant::return_to_best() {
  const auto best = stopping_.best_epoch();
  if (best && *best != trainer_.epochs_done()) {
    trainer_.load(directory_->best_checkpoint(system(), seed_));
  }
}

}  // namespace kgaudit::run
