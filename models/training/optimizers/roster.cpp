#include <array>

#include "models/training/optimizer.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {

namespace optimizers_roster {
#define KGA_ENTRY(stem, id) extern const OptimizerEntry stem;
#include "models/training/optimizers/roster.def"
#undef KGA_ENTRY
}  // namespace optimizers_roster

std::span<const OptimizerEntry* const> optimizers() {
#define KGA_ENTRY(stem, id) &optimizers_roster::stem,
  static constexpr std::array kAll = {
#include "models/training/optimizers/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const OptimizerEntry& find_optimizer(std::string_view id) {
  return find_in_roster(optimizers(), id, "optimizer");
}

}  // namespace kgaudit::models
