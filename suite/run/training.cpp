#include "suite/run/training.hpp"

#include <algorithm>
#include <filesystem>

#include "suite/base/error.hpp"
#include "suite/run/divergence.hpp"

namespace kgaudit::run {

std::string trained_by(std::span<const std::string> systems, std::string_view system) {
  if (!models::find_system(system).trains_as_reference) return std::string(system);
  std::string reference(models::reference_system().id);
  if (std::ranges::find(systems, reference) != systems.end()) return reference;
  const auto first = std::ranges::find_if(
      systems, [](const std::string& id) { return models::find_system(id).trains_as_reference; });
  KGA_REQUIRE(first != systems.end(), "{} is none of the plan's systems", system);
  return *first;
}

void require_trainable(const Plan& plan, std::span<const std::string> systems,
                       const datasets::Dataset& data, ThreadPool& pool) {
  for (const std::string& id : systems) {
    models::require_trainable(data, models::find_system(id), plan.training(), plan.system(id),
                              plan.seeds.front(), pool);
  }
}

Training::Training(const Plan& plan, const datasets::Dataset& data,
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

bool Training::over() const { return diverged_ || trainer_.epochs_done() >= epochs_; }

void Training::keep() { trainer_.save(directory_->best_checkpoint(system(), seed_)); }

void Training::save() {
  if (diverged_ || saved_epoch_ == trainer_.epochs_done()) return;
  trainer_.save(directory_->checkpoint(system(), seed_));
  saved_epoch_ = trainer_.epochs_done();
}

void Training::return_to(std::uint32_t epoch) {
  if (epoch != trainer_.epochs_done()) {
    trainer_.load(directory_->best_checkpoint(system(), seed_));
  }
}

}  // namespace kgaudit::run
