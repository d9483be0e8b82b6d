#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kgaudit {

/// Bytes of the character at the start of `bytes` if it must not reach a terminal, a report or a
/// log as it stands, else 0: control characters (C0, DEL, C1), marks that turn or hide text (bidi,
/// zero-width, soft hyphens, tags, line separators), and a byte that is not UTF-8.
[[nodiscard]] std::size_t unsafe_length(std::string_view bytes);

/// `text` with such characters written out, line ends and tabs apart: "\x1b" for a byte, "\u202e"
/// for the others, which is also what JSON has for them.
[[nodiscard]] std::string visible(std::string_view text);

}  // namespace kgaudit
