#include <array>

#include "datasets/dataset_card.hpp"

namespace kgaudit::datasets {

// The entries themselves are made by CMake from the TOML files beside this one.
namespace cards_roster {
#define KGA_ENTRY(stem, id) extern const CardEntry stem;
#include "datasets/cards/roster.def"
#undef KGA_ENTRY
}  // namespace cards_roster

std::span<const CardEntry* const> card_entries() {
#define KGA_ENTRY(stem, id) &cards_roster::stem,
  static constexpr std::array kAll = {
#include "datasets/cards/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

}  // namespace kgaudit::datasets
