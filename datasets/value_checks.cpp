#include "datasets/value_checks.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "datasets/people_file.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::datasets {
namespace {

struct CodePointRange {
  std::uint32_t first;
  std::uint32_t last;
};
// Unicode 15: White_Space.
constexpr std::array kBlankPoints = {
    CodePointRange{0x09, 0x0d},     CodePointRange{0x20, 0x20},     CodePointRange{0x85, 0x85},
    CodePointRange{0xa0, 0xa0},     CodePointRange{0x1680, 0x1680}, CodePointRange{0x2000, 0x200a},
    CodePointRange{0x2028, 0x2029}, CodePointRange{0x202f, 0x202f}, CodePointRange{0x205f, 0x205f},
    CodePointRange{0x3000, 0x3000}};
// Unicode 15: Default_Ignorable_Code_Point, the controls that are no blanks, and the marks of
// annotations.
constexpr std::array kWidthlessPoints = {
    CodePointRange{0x00, 0x08},       CodePointRange{0x0e, 0x1f},
    CodePointRange{0x7f, 0x84},       CodePointRange{0x86, 0x9f},
    CodePointRange{0xad, 0xad},       CodePointRange{0x34f, 0x34f},
    CodePointRange{0x61c, 0x61c},     CodePointRange{0x115f, 0x1160},
    CodePointRange{0x17b4, 0x17b5},   CodePointRange{0x180b, 0x180f},
    CodePointRange{0x200b, 0x200f},   CodePointRange{0x202a, 0x202e},
    CodePointRange{0x2060, 0x206f},   CodePointRange{0x3164, 0x3164},
    CodePointRange{0xfe00, 0xfe0f},   CodePointRange{0xfeff, 0xfeff},
    CodePointRange{0xffa0, 0xffa0},   CodePointRange{0xfff0, 0xfffb},
    CodePointRange{0x1bca0, 0x1bca3}, CodePointRange{0x1d173, 0x1d17a},
    CodePointRange{0xe0000, 0xe0fff}};

bool holds_point(std::span<const CodePointRange> ranges, std::uint32_t point) {
  return std::ranges::any_of(ranges, [point](const CodePointRange& range) {
    return range.first <= point && point <= range.last;
  });
}

enum class Sight { kSeen, kBlank, kUnseen };

/// What people see of one character, or of a byte that is not UTF-8.
Sight sight_of(std::string_view character) {
  if (utf8_sequence_length(character) != character.size()) return Sight::kSeen;
  const std::uint32_t point = utf8_code_point(character);
  if (holds_point(kBlankPoints, point)) return Sight::kBlank;
  return holds_point(kWidthlessPoints, point) ? Sight::kUnseen : Sight::kSeen;
}

/// Hands over the characters of a text one by one; of broken UTF-8, the bytes.
template <typename Use>
void each_character(std::string_view text, const Use& use) {
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text), 1);
    use(text.substr(0, length));
    text.remove_prefix(length);
  }
}

/// As `visible` has it, and in the same way what `visible` lets pass, such as U+00A0.
std::string escaped(std::string_view character) {
  std::string text = printable(character);
  if (text != character) return text;
  constexpr bool kAsciiAlone = true;
  text = nlohmann::json(character).dump(-1, ' ', kAsciiAlone);
  return text.substr(1, text.size() - 2);  // without the quotes
}

}  // namespace

std::string look_of(std::string_view value) {
  std::string look;
  each_character(value, [&](std::string_view character) {
    const Sight sight = sight_of(character);
    if (sight == Sight::kSeen) {
      const char c = character.front();
      look += character;
      if (c >= 'A' && c <= 'Z') look.back() = static_cast<char>(c - 'A' + 'a');
    } else if (sight == Sight::kBlank && !look.empty()) {
      look += ' ';
    }
  });
  while (look.ends_with(' ')) look.pop_back();
  return look;
}

std::string spelled_out(std::string_view value) {
  std::string text;
  each_character(value, [&](std::string_view character) {
    const bool hidden = character != " " && sight_of(character) != Sight::kSeen;
    text += hidden ? escaped(character) : std::string(character);
  });
  return fmt::format("'{}'", printable(text, 200));
}

bool is_placeholder(std::string_view value) {
  // As in people files, and more: there they may be an answer.
  static const PeopleOptions options = [] {
    PeopleOptions known;
    for (const char* word : {"na", "n.a.", "#n/a", "none", "novalue", "nil", "undefined", "missing",
                             "not known", "not available", "no data"}) {
      known.unknown_words.emplace_back(word);
    }
    return known;
  }();
  return is_unknown_value(look_of(value), options);
}

void AlikeValues::add(std::string_view value) {
  const auto [place, is_new] = first_.try_emplace(look_of(value), value);
  if (is_new) return;
  if (count_++ == 0) {
    example_ = fmt::format("{} and {}", spelled_out(place->second), spelled_out(value));
  }
}

std::string AlikeValues::in_words() const {
  return fmt::format(
      "Values that differ in capitals, blanks or characters without width alone are different "
      "values, e.g. {}.",
      example_);
}

}  // namespace kgaudit::datasets
