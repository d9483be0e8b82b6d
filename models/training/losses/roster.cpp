#include <array>

#include "models/training/loss.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {

namespace losses_roster {
#define KGA_ENTRY(stem, id) extern const LossEntry stem;
#include "models/training/losses/roster.def"
#undef KGA_ENTRY
}  // namespace losses_roster

std::span<const LossEntry* const> losses() {
#define KGA_ENTRY(stem, id) &losses_roster::stem,
  static constexpr std::array kAll = {
#include "models/training/losses/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const LossEntry& find_loss(std::string_view id) { return find_in_roster(losses(), id, "loss"); }

}  // namespace kgaudit::models
