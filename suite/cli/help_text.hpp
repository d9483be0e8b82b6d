#pragma once

#include <string>
#include <utility>
#include <vector>

#include "suite/cli/command_line.hpp"

namespace kgaudit::cli {

/// A command's options under a heading, as help and man page show them.
struct OptionGroup {
  std::string heading;
  std::vector<CommandLine::Declared> options;
};

/// "kgaudit gate check [options] RUN...": how the command is typed.
[[nodiscard]] std::string usage_of(const CommandLine& line);
/// "--out DIR", "-q, --quiet", "RECORDS...".
[[nodiscard]] std::string option_words(const CommandLine::Declared& option);
/// What stands on the command line without dashes.
[[nodiscard]] std::vector<CommandLine::Declared> arguments_of(const CommandLine& line);
/// The options in groups, without those that only tests type and those of the whole program.
[[nodiscard]] std::vector<OptionGroup> option_groups(const CommandLine& line);
/// What a command means by one of its exit codes: "interrupted: nothing of it is kept".
[[nodiscard]] std::string exit_code_words(const CommandLine& line, int code);
/// The options that every command understands.
[[nodiscard]] std::vector<CommandLine::Declared> global_options(const CommandLine& root);

struct HelpStyle {
  std::size_t width = 100;
  bool bold = false;  ///< headings, by escape sequences
};
/// What --help of a command prints. `root` is the line of the whole program.
[[nodiscard]] std::string help_text(const CommandLine& root, const CommandLine& line,
                                    const HelpStyle& style);

}  // namespace kgaudit::cli
