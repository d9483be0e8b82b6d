#include "suite/run/early_stopping.hpp"

#include <algorithm>

#include "models/training/system.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::run {

EarlyStopping::EarlyStopping(const Parameters& evaluation, std::uint32_t epochs)
    : every_(static_cast<std::uint32_t>(evaluation.count("validate_every"))),
      patience_(static_cast<std::uint32_t>(evaluation.count("patience"))),
      epochs_(epochs) {}

bool EarlyStopping::due(std::uint32_t epoch) const {
  return every_ > 0 && (epoch % every_ == 0 || epoch == epochs_);
}

bool EarlyStopping::observe(std::uint32_t epoch, double mrr) {
  const bool better = !best_epoch_ || mrr > best_mrr_;
  if (better) {
    best_epoch_ = epoch;
    best_mrr_ = mrr;
  }
  since_best_ = better ? 0 : since_best_ + 1;
  return better;
}

bool EarlyStopping::exhausted() const { return patience_ > 0 && since_best_ >= patience_; }

std::string deciding_system(std::span<const std::string> systems) {
  KGA_REQUIRE(!systems.empty(), "no systems");
  const std::string reference(models::reference_system().id);
  return std::ranges::find(systems, reference) == systems.end() ? systems.front() : reference;
}

}  // namespace kgaudit::run
