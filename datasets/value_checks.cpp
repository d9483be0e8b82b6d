#include "datasets/value_checks.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "datasets/people_file.hpp"
#include "suite/base/code_points.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/unicode.hpp"

namespace kgaudit::datasets {
namespace {

// Unicode 15: White_Space.
constexpr std::array kBlankPoints = {CodePoints{0x09, 0x0d},     CodePoints{0x20, 0x20},
                                     CodePoints{0x85, 0x85},     CodePoints{0xa0, 0xa0},
                                     CodePoints{0x1680, 0x1680}, CodePoints{0x2000, 0x200a},
                                     CodePoints{0x2028, 0x2029}, CodePoints{0x202f, 0x202f},
                                     CodePoints{0x205f, 0x205f}, CodePoints{0x3000, 0x3000}};
enum class Sight { kSeen, kBlank, kUnseen };

/// What people see of one character, or of a byte that is not UTF-8.
Sight sight_of(std::string_view character) {
  if (utf8_sequence_length(character) != character.size()) return Sight::kSeen;
  const std::uint32_t point = utf8_code_point(character);
  if (holds(kBlankPoints, point)) return Sight::kBlank;
  return is_control(point) || is_ignorable(point) ? Sight::kUnseen : Sight::kSeen;
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

}  // namespace

std::string look_of(std::string_view value) {
  std::string look;
  each_character(value, [&](std::string_view character) {
    const Sight sight = sight_of(character);
    if (sight == Sight::kSeen) {
      look += character;
    } else if (sight == Sight::kBlank && !look.empty()) {
      look += ' ';
    }
  });
  while (look.ends_with(' ')) look.pop_back();
  return case_folded(look);
}

std::string spelled_out(std::string_view value) {
  std::string text;
  const bool apart = composed(value) != value;  // accents that look as if they were not
  each_character(value, [&](std::string_view character) {
    const bool hidden = character != " " && (sight_of(character) != Sight::kSeen ||
                                             (apart && utf8_sequence_length(character) != 0 &&
                                              is_combining(utf8_code_point(character))));
    text += hidden ? written_out(character) : std::string(character);
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
      "Values that differ in capitals, blanks, the composition of letters or characters without "
      "width alone are different values, e.g. {}.",
      example_);
}

}  // namespace kgaudit::datasets
