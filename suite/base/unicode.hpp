#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kgaudit {

[[nodiscard]] bool is_ascii(std::string_view text);

/// The text in Unicode's canonical composition (NFC): "é" as "e" with an accent becomes the one
/// character, as which most programs write it. A text that is not UTF-8 stays as it is.
[[nodiscard]] std::string composed(std::string_view text);

/// composed(), and without capitals by Unicode's full case folding ("É" is "é", "ß" is "ss"): two
/// texts are equal so if they differ in capitals or composition alone. Of a text that is not UTF-8,
/// A to Z become small.
[[nodiscard]] std::string case_folded(std::string_view text);

/// An accent or another mark that is drawn on the character before it.
[[nodiscard]] bool is_combining(std::uint32_t point);

/// Columns of a terminal that a code point takes: 0, 1 or 2 (UAX 11).
[[nodiscard]] std::size_t terminal_columns(std::uint32_t point);

}  // namespace kgaudit
