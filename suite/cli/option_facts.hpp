#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// The headings of a command's options, in the order of its help.
inline constexpr std::array<std::string_view, 5> kOptionGroups = {"Data", "Systems", "Training",
                                                                  "Output", "Advanced"};

/// The heading that an option stands under.
[[nodiscard]] std::string_view group_of(const CommandLine& line,
                                        const CommandLine::Declared& option);

/// What a shell offers for the value of an option or argument.
struct Offered {
  enum class Kind { kNothing, kFiles, kFolders, kWords, kWordsWithCommas };
  Kind kind = Kind::kNothing;
  std::vector<std::string> words;
};
[[nodiscard]] Offered offered_for(const CommandLine& line, const CommandLine::Declared& option);

/// The rows of the table behind both that change nothing: no option's first match, or one that says
/// what the next match says.
[[nodiscard]] std::vector<std::string> unused_option_facts(const CommandLine& root);

}  // namespace kgaudit::cli
