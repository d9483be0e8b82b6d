#include "suite/base/shell_word.hpp"

#include <algorithm>

#include "suite/base/text.hpp"

namespace kgaudit {

std::string shell_word(std::string_view word) {
  constexpr std::string_view kPlain = "_@%+=:,./-";
  const bool plain = !word.empty() && std::ranges::all_of(word, [&](char c) {
    return is_ascii_letter_or_digit(c) || kPlain.find(c) != std::string_view::npos;
  });
  if (plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'') {
      quoted += "'\\''";  // ends the quotes, gives one, begins them again
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string shell_path(std::string_view path) {
  return shell_word(path.starts_with('-') ? "./" + std::string(path) : std::string(path));
}

}  // namespace kgaudit
