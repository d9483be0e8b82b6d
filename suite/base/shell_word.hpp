#pragma once

#include <string>
#include <string_view>

namespace kgaudit {

/// A word as a command that a message proposes has it: as it stands if a shell takes it for one,
/// else in quotes.
[[nodiscard]] std::string shell_word(std::string_view word);

/// A path as a command that a message proposes has it: as it stands if a shell takes it for one
/// word, else in quotes; behind "./" where it would be taken for an option.
[[nodiscard]] std::string shell_path(std::string_view path);

}  // namespace kgaudit
