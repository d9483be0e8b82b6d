#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace kgaudit::cli {

/// "RECORDS", as help names a positional argument.
[[nodiscard]] inline std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return text;
}

}  // namespace kgaudit::cli
