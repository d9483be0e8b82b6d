#include "suite/cli/help_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/text.hpp"
#include "suite/cli/capitals.hpp"
#include "suite/cli/command_notes.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/option_facts.hpp"

namespace kgaudit::cli {
namespace {

constexpr std::size_t kWidest = 100;
constexpr std::size_t kNarrowest = 40;
constexpr std::size_t kNames = 28;  ///< columns of the names of options

class Page {
 public:
  explicit Page(const HelpStyle& style)
      : width_(std::clamp(style.width, kNarrowest, kWidest)), bold_(style.bold) {}

  void paragraph(std::string_view text) { text_ += wrapped(text, 0, width_) + "\n"; }
  void heading(std::string_view words) {
    text_ += bold_ ? fmt::format("\n\x1b[1m{}\x1b[0m\n", words) : fmt::format("\n{}\n", words);
  }
  /// Two columns; a long name gets a line of its own.
  void row(std::string_view name, std::string_view meaning, std::size_t names = kNames) {
    names = std::min(names, width_ / 2);
    if (name.size() + 4 > names) {
      text_ += fmt::format("  {}\n{:{}}{}\n", name, "", names, wrapped(meaning, names, width_));
    } else {
      text_ += fmt::format("  {:<{}}{}\n", name, names - 2, wrapped(meaning, names, width_));
    }
  }
  void raw(std::string_view text) { text_ += text; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::size_t width_;
  bool bold_;
  std::string text_;
};

bool is_argument(const CommandLine::Declared& option) { return option.spellings.empty(); }

void add_options(Page& page, std::string_view heading,
                 const std::vector<CommandLine::Declared>& options) {
  if (options.empty()) return;
  page.heading(heading);
  for (const CommandLine::Declared& option : options) page.row(option_words(option), option.help);
}

void add_examples(Page& page, const std::vector<Example>& examples) {
  page.heading("Examples");
  for (const Example& example : examples) {
    if (!example.meaning.empty()) page.raw(fmt::format("  # {}\n", example.meaning));
    // A command that is too long for a line is continued as a shell continues it.
    std::string line = wrapped(example.line, 6, kWidest - 2, 2);
    for (std::size_t at = line.find('\n'); at != std::string::npos; at = line.find('\n', at + 3)) {
      line.insert(at, " \\");
    }
    page.raw(fmt::format("  {}\n", line));
  }
}

}  // namespace

std::string usage_of(const CommandLine& line) {
  std::string usage = line.path() + " [options]";
  for (const CommandLine::Declared& option : line.options()) {
    if (!is_argument(option) && option.required) usage += " " + option_words(option);
  }
  for (const CommandLine::Declared& argument : arguments_of(line)) {
    const std::string words = option_words(argument);
    usage += argument.required ? " " + words : fmt::format(" [{}]", words);
  }
  if (!line.commands().empty()) usage += " COMMAND";
  return usage;
}

std::string option_words(const CommandLine::Declared& option) {
  if (is_argument(option)) {
    return in_capitals(option.name) + (option.many ? "..." : "");
  }
  const std::string type =
      option.type.empty()
          ? ""
          : " " + (option.choices.empty() ? option.type
                                          : fmt::format("{}", fmt::join(option.choices, "|")));
  return fmt::format("{}{}", fmt::join(option.spellings, ", "), type);
}

std::string exit_code_words(const CommandLine& line, int code) {
  const std::string meaning(exit_code_meaning(code, line.path()));
  const std::string& left = line.notes().when_stopped;
  return code == kInterruptedCode && !left.empty() ? meaning + ": " + left : meaning;
}

std::vector<CommandLine::Declared> arguments_of(const CommandLine& line) {
  std::vector<CommandLine::Declared> arguments = line.options();
  std::erase_if(arguments, [](const auto& option) { return !is_argument(option); });
  return arguments;
}

std::vector<OptionGroup> option_groups(const CommandLine& line) {
  std::vector<OptionGroup> groups;
  for (const std::string_view heading : kOptionGroups) {
    OptionGroup group{std::string(heading), {}};
    for (const CommandLine::Declared& option : line.options()) {
      if (is_argument(option) || option.hidden || option.answers) continue;
      if (group_of(line, option) == heading) group.options.push_back(option);
    }
    if (!group.options.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<CommandLine::Declared> global_options(const CommandLine& root) {
  std::vector<CommandLine::Declared> options = root.options();
  std::erase_if(options, is_argument);
  std::stable_partition(options.begin(), options.end(),
                        [](const auto& option) { return !option.answers; });
  return options;
}

std::string help_text(const CommandLine& root, const CommandLine& line, const HelpStyle& style) {
  Page page(style);
  page.paragraph(line.summary());
  page.raw(fmt::format("\nUsage: {}\n", usage_of(line)));
  add_examples(page, line.notes().examples);
  if (const auto commands = line.commands(); !commands.empty()) {
    page.heading("Commands");
    std::size_t longest = 0;
    for (const CommandLine& below : commands) longest = std::max(longest, below.name().size());
    for (const CommandLine& below : commands) page.row(below.name(), below.summary(), longest + 4);
    page.raw(fmt::format("\n  {} COMMAND --help has the options of one.\n", line.path()));
  }
  add_options(page, "Arguments", arguments_of(line));
  const bool is_root = line.path() == root.path();
  if (!is_root) {
    for (const OptionGroup& group : option_groups(line)) {
      add_options(page, group.heading, group.options);
    }
  }
  add_options(page, is_root ? "Options" : "Options of every command", global_options(root));
  if (is_root) {
    page.heading("Environment");
    for (const EnvironmentVariable& variable : environment_variables()) {
      page.row(variable.name, variable.meaning, 18);
    }
  }
  page.heading("Exit codes");
  for (const int code : line.notes().exit_codes) {
    page.row(std::to_string(code), exit_code_words(line, code), 8);
  }
  return page.text();
}

}  // namespace kgaudit::cli
