#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// A manual page in the language of man(7).
struct ManPage {
  std::string name;  ///< "kgaudit-bench"; its file is <name>.1
  std::string text;
};

/// How each page begins: a comment by which our own files are known.
inline constexpr std::string_view kManPageMark = ".\\\" Made by: kgaudit man\n";

/// The page of the program, and one for each of its commands.
[[nodiscard]] std::vector<ManPage> man_pages(const CommandLine& root);

}  // namespace kgaudit::cli
