#include "suite/base/visible.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "suite/base/code_points.hpp"
#include "suite/base/text.hpp"

namespace kgaudit {
namespace {

constexpr std::array kIgnorable = {
    CodePoints{0xad, 0xad},       CodePoints{0x34f, 0x34f},    CodePoints{0x61c, 0x61c},
    CodePoints{0x115f, 0x1160},   CodePoints{0x17b4, 0x17b5},  CodePoints{0x180b, 0x180f},
    CodePoints{0x200b, 0x200f},   CodePoints{0x202a, 0x202e},  CodePoints{0x2060, 0x206f},
    CodePoints{0x3164, 0x3164},   CodePoints{0xfe00, 0xfe0f},  CodePoints{0xfeff, 0xfeff},
    CodePoints{0xffa0, 0xffa0},   CodePoints{0xfff0, 0xfffb},  CodePoints{0x1bca0, 0x1bca3},
    CodePoints{0x1d173, 0x1d17a}, CodePoints{0xe0000, 0xe0fff}};

bool separates_lines(std::uint32_t point) { return point == 0x2028 || point == 0x2029; }

}  // namespace

bool holds(std::span<const CodePoints> ranges, std::uint32_t point) {
  return std::ranges::any_of(ranges, [point](const CodePoints& range) {
    return range.first <= point && point <= range.last;
  });
}

bool is_control(std::uint32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

bool is_ignorable(std::uint32_t point) { return holds(kIgnorable, point); }

std::string written_out(std::string_view character) {
  // JSON holds it as it is, and has no escape that begins with \x.
  if (character == "\x7f") return "\\u007f";
  if (utf8_sequence_length(character) != character.size() || character.size() == 1) {
    return fmt::format("\\x{:02x}", static_cast<unsigned char>(character.front()));
  }
  const std::uint32_t point = utf8_code_point(character);
  if (point < 0x10000) return fmt::format("\\u{:04x}", point);
  const std::uint32_t over = point - 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (over >> 10U), 0xdc00 + (over & 0x3ffU));
}

std::size_t unsafe_length(std::string_view bytes) {
  const std::size_t length = utf8_sequence_length(bytes);
  if (length == 0) return bytes.empty() ? 0 : 1;
  const std::uint32_t point = utf8_code_point(bytes.substr(0, length));
  if (point >= 0x20 && point < 0x7f) return 0;
  return is_control(point) || separates_lines(point) || is_ignorable(point) ? length : 0;
}

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    const std::size_t bad = unsafe_length(rest);
    const std::size_t length =
        std::max<std::size_t>(bad, std::max<std::size_t>(utf8_sequence_length(rest), 1));
    if (bad == 0 || rest.front() == '\n' || rest.front() == '\t') {
      out.append(rest.substr(0, length));
    } else {
      out += written_out(rest.substr(0, length));
    }
    i += length;
  }
  return out;
}

}  // namespace kgaudit
