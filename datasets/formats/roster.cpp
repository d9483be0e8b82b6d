#include <array>

#include "datasets/triple_format.hpp"
#include "suite/base/roster.hpp"

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

const TripleFormatEntry& find_triple_format(std::string_view id) {
  return find_in_roster(triple_formats(), id, "triple format");
}

}  // namespace kgaudit::datasets
