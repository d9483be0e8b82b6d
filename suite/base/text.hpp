#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kgaudit {

/// The shortest decimal text that reads back as the same double; never locale dependent.
/// `value` must be finite: an absent number is a reason, not a NaN (see Measurement).
[[nodiscard]] std::string number_text(double value);

/// The whole of `text` as a number; nothing if any character is left over or it overflows.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_uint(std::string_view text);

/// What a character of ASCII is, in every locale; other bytes are none of these.
[[nodiscard]] constexpr bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool is_ascii_letter_or_digit(char c) {
  return is_ascii_letter(c) || (c >= '0' && c <= '9');
}
/// "a" of "A"; any other character as it is.
[[nodiscard]] constexpr char ascii_small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
/// The text with ascii_small of each character. Names are compared by case_folded (unicode.hpp).
[[nodiscard]] std::string ascii_small(std::string_view text);

/// A part of `text`: without what stands of `blanks` at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text, std::string_view blanks = " \t");

/// "a, b and c"; "" of nothing.
[[nodiscard]] std::string listed_in_words(std::span<const std::string> items);

/// Bytes of the well-formed UTF-8 sequence at the start of `bytes`, or 0 if it is broken
/// (overlong forms, surrogates and values over U+10FFFF count as broken; Unicode 15, table 3-7).
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view bytes);

/// The code point of one well-formed sequence.
[[nodiscard]] std::uint32_t utf8_code_point(std::string_view sequence);

/// Offset of the first byte that is not part of well-formed UTF-8; nothing if all is well.
[[nodiscard]] std::optional<std::size_t> find_broken_utf8(std::string_view bytes);

/// Columns that `text` takes on a terminal: 2 for a wide character, 0 for a combining mark.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` as a basic string of TOML, in double quotes. It must be well-formed UTF-8.
[[nodiscard]] std::string toml_text(std::string_view text);

/// "1,234,567".
[[nodiscard]] std::string with_thousands(std::uint64_t value);

/// "12.3 MiB".
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

/// "850 ms", "12.3 s", "4 min 05 s", "2 h 03 min".
[[nodiscard]] std::string duration_text(double seconds);

/// `text` broken at spaces into lines of at most `width` columns (0: no limit); a longer word
/// stands alone. The first line begins where the caller stands, in column `first` (without it
/// `indent`), the others after `indent` spaces. No newline at the end.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t width,
                                  std::optional<std::size_t> first = std::nullopt);

/// The candidate nearest to `word` by edit distance, if near enough to be a likely typing slip.
template <typename Range>
[[nodiscard]] std::optional<std::string> nearest_word(std::string_view word,
                                                      const Range& candidates);

[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

template <typename Range>
std::optional<std::string> nearest_word(std::string_view word, const Range& candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = std::string(candidate);
    }
  }
  return best;
}

}  // namespace kgaudit
