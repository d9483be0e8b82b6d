#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kgaudit {

/// A range of Unicode's code points, both ends in it.
struct CodePoints {
  std::uint32_t first;
  std::uint32_t last;
};

[[nodiscard]] bool holds(std::span<const CodePoints> ranges, std::uint32_t point);

/// A control character: Cc.
[[nodiscard]] bool is_control(std::uint32_t point);
/// What nobody sees, bidi controls among it: Default_Ignorable_Code_Point of Unicode 15 (UAX 44),
/// and the marks of annotations.
[[nodiscard]] bool is_ignorable(std::uint32_t point);

/// One character, or a byte that is not UTF-8, in ASCII: "\x1b" for a byte, "\u202e" for the
/// others, as JSON has them.
[[nodiscard]] std::string written_out(std::string_view character);

}  // namespace kgaudit
