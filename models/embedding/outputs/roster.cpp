#include <array>

#include "models/embedding/writing/output_format.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::models {

namespace output_formats_roster {
#define KGA_ENTRY(stem, id) extern const OutputFormat stem;
#include "models/embedding/outputs/roster.def"
#undef KGA_ENTRY
}  // namespace output_formats_roster

std::span<const OutputFormat* const> output_formats() {
#define KGA_ENTRY(stem, id) &output_formats_roster::stem,
  static constexpr std::array kAll = {
#include "models/embedding/outputs/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const OutputFormat& find_output_format(std::string_view id) {
  return find_in_roster(output_formats(), id, "output format");
}

}  // namespace kgaudit::models
