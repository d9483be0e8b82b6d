#include <array>

#include "datasets/triple_format.hpp"

namespace kgaudit::datasets {

namespace formats_roster {
#define KGA_ENTRY(stem, id) extern const TripleFormatEntry stem;
#include "datasets/formats/roster.def"
#undef KGA_ENTRY
}  // namespace formats_roster

std::span<const TripleFormatEntry* const> triple_formats() {
#define KGA_ENTRY(stem, id) &formats_roster::stem,
  static constexpr std::array kAll = {
#include "datasets/formats/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

}  // namespace kgaudit::datasets
