#include "suite/cli/command_line.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/capitals.hpp"

namespace kgaudit::cli {
namespace {

/// Options of this group are not in the help. (CLI11 hides those without a group, but then its
/// messages do not name them either.)
constexpr const char* kHidden = "hidden";

/// A parser that knows what it was declared with.
class DescribedApp : public CLI::App {
 public:
  DescribedApp(const std::string& summary, const std::string& name) : CLI::App(summary, name) {
    set_help_flag("-h,--help", "Print this help and exit");
  }

  CommandNotes notes;
  bool needs_command = false;
  std::map<const CLI::Option*, std::vector<std::string>> choices;
};

DescribedApp& described(CLI::App& app) {
  auto* all = dynamic_cast<DescribedApp*>(&app);
  KGA_REQUIRE(all != nullptr, "{} was not declared by a CommandLine", app.get_name());
  return *all;
}

Option presented(CLI::Option* option, const OptionText& text) {
  option->type_name(text.type)->required(text.required);
  if (text.hidden) option->group(kHidden);
  return Option(*option);
}

// CLI11's own words for a refused value are not a user's, so validators throw.

/// Refuses an empty text.
void require_text(CLI::Option* option) {
  option->check([option](const std::string& text) -> std::string {
    if (text.empty()) {
      throw InputError::usage(option->get_name(), "an empty text", "a value, or no such option");
    }
    return "";
  });
}

/// Refuses what is no integer within the range.
void require_integer(CLI::Option* option, std::uint64_t least, std::uint64_t most) {
  option->check([option, least, most](const std::string& text) -> std::string {
    const auto value = parse_uint(text);
    if (!value || *value < least || *value > most) {
      const bool bounded = most != std::numeric_limits<std::uint64_t>::max();
      throw InputError::usage(option->get_name(), fmt::format("'{}'", printable(text)),
                              bounded ? fmt::format("integer in [{}, {}]", least, most)
                                      : fmt::format("integer of at least {}", least));
    }
    return "";
  });
}

/// The command that was typed last: where an unknown word has to be understood.
CLI::App& innermost(CLI::App& app) {
  const std::vector<CLI::App*> typed = app.get_subcommands();
  return typed.empty() ? app : innermost(*typed.back());
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* below : app.get_subcommands(nullptr)) names.push_back(below->get_name());
  return names;
}

std::string path_of(const CLI::App& app) {
  std::string path;
  for (const CLI::App* level = &app; level != nullptr; level = level->get_parent()) {
    path.insert(0, level->get_name() + (path.empty() ? "" : " "));
  }
  return path;
}

/// "gate check": the command without the program's name.
std::string command_of(const CLI::App& app) {
  const std::string path = path_of(app);
  return path.substr(std::min(path.find(' '), path.size() - 1) + 1);
}

/// What is wrong with a command line that CLI11 could not parse.
InputError complaint_on(CLI::App& app, const CLI::ParseError& error) {
  CLI::App& where = innermost(app);
  const std::string help = fmt::format("{} --help", path_of(where));
  const std::vector<std::string> unknown = app.remaining(true);
  if (!unknown.empty()) {
    const std::string word = unknown.front().substr(0, unknown.front().find('='));
    const bool is_option = word.starts_with("-");
    const auto near = nearest_word(word, is_option ? option_names(where) : command_names(where));
    const std::string_view kind = is_option                      ? "option"
                                  : command_names(where).empty() ? "argument"
                                                                 : "command";
    if (is_option && near && *near == word) {
      return InputError::usage(command_of(where),
                               fmt::format("'{}' behind '--', which ends the options", word), "",
                               "take the '--' out");
    }
    return InputError::usage(command_of(where),
                             fmt::format("unknown {} '{}'", kind, printable(word)), "",
                             near ? fmt::format("did you mean '{}'?", *near) : help);
  }
  // CLI11 says which option it is in its message alone, before the first blank or colon.
  const std::string said = error.what();
  const std::string name = said.substr(0, said.find_first_of(" :"));
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return InputError::usage(name.starts_with("-") ? name : in_capitals(name), "not given", "",
                             help);
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    return InputError::usage(name, "beside " + said.substr(said.rfind(' ') + 1), "one of the two",
                             help);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool none = said.ends_with(" missing");
    const bool flag = said.ends_with(" flag override");
    if (none) return InputError::usage(name, "no value", "a value after it", help);
    // Here the name has no dashes.
    if (flag) return InputError::usage("--" + name, "a value", "no value after it", help);
  }
  return InputError::usage(command_of(where), said, "", help);
}

}  // namespace

bool Option::typed() const { return option_->count() > 0; }

void Option::excludes(Option other) { option_->excludes(other.option_); }

Option CommandLine::add_flag(const OptionText& text, bool& target) {
  return Option(*app_->add_flag(text.name, target, text.help)->disable_flag_override());
}

Option CommandLine::add_text(const OptionText& text, std::string& target, Repeated repeated) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  require_text(option);
  if (repeated == Repeated::kLastWins) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  return presented(option, text);
}

Option CommandLine::add_choice(const OptionText& text, std::string& target,
                               const std::vector<std::string>& words) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  described(*app_).choices[option] = words;
  option->check([option, words](const std::string& word) -> std::string {
    if (std::ranges::find(words, word) == words.end()) {
      throw InputError::unknown(option->get_name(), "", word, words);
    }
    return "";
  });
  return presented(option, text);
}

Option CommandLine::add_count(const OptionText& text, std::size_t& target, CountRange range) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  require_integer(option, range.least, range.most);
  return presented(option, text);
}

Option CommandLine::add_count(const OptionText& text, std::optional<std::uint64_t>& target) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  require_integer(option, 1, std::numeric_limits<std::uint64_t>::max());
  return presented(option, text);
}

Option CommandLine::add_words(const OptionText& text, std::vector<std::string>& target,
                              Words words) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  switch (words) {
    case Words::kMany:
      require_text(option);
      break;
    case Words::kCommas:
      option->delimiter(',');
      break;
    case Words::kOneList:
      option->delimiter(',')->allow_extra_args(false);
      break;
    case Words::kOneEach:
      option->allow_extra_args(false);
      break;
    case Words::kAtMostOne:
      option->expected(0, 1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      break;
  }
  return presented(option, text);
}

CommandLine CommandLine::add_command(const std::string& name, const std::string& summary) {
  CLI::App* below = app_->add_subcommand(std::make_shared<DescribedApp>(summary, name));
  below->fallthrough();
  return CommandLine(*below);
}

void CommandLine::require_command() {
  described(*app_).needs_command = true;
  app_->require_subcommand(0, 1);
}

void CommandLine::when_typed(std::function<void()> callback) {
  app_->final_callback(std::move(callback));
}

std::string CommandLine::name() const { return app_->get_name(); }

std::string CommandLine::path() const { return path_of(*app_); }

std::string CommandLine::summary() const { return app_->get_description(); }

std::vector<CommandLine::Declared> CommandLine::options() const {
  const auto& choices = described(*app_).choices;
  std::vector<Declared> declared;
  for (const CLI::Option* option : std::as_const(*app_).get_options()) {
    Declared one = {.name = option->get_name(),
                    .spellings = {},
                    .type = option->get_items_expected_max() == 0 ? "" : option->get_type_name(),
                    .help = option->get_description(),
                    .choices = {},
                    .required = option->get_required(),
                    .hidden = option->get_group() == kHidden,
                    .answers = option->check_lname("help") || option->check_lname("version"),
                    .many = option->get_items_expected_max() > 1};
    for (const std::string& name : option->get_snames()) one.spellings.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) one.spellings.push_back("--" + name);
    if (const auto words = choices.find(option); words != choices.end())
      one.choices = words->second;
    declared.push_back(std::move(one));
  }
  return declared;
}

void CommandLine::describe(CommandNotes notes) { described(*app_).notes = std::move(notes); }

const CommandNotes& CommandLine::notes() const { return described(*app_).notes; }

std::vector<CommandLine> CommandLine::commands() const {
  std::vector<CommandLine> below;
  for (CLI::App* app : app_->get_subcommands(nullptr)) below.emplace_back(*app);
  return below;
}

ProgramLine::ProgramLine(const About& about)
    : app_(std::make_unique<DescribedApp>(about.description, about.name)), version_(about.version) {
  app_->set_version_flag("--version", about.version, "Print the version and exit");
}

ProgramLine::ProgramLine(ProgramLine&& other) noexcept = default;
ProgramLine& ProgramLine::operator=(ProgramLine&& other) noexcept = default;
ProgramLine::~ProgramLine() = default;

ProgramLine::Outcome ProgramLine::parse(int argc, const char* const* argv) {
  using Wants = Outcome::Wants;
  const auto outcome = [this](Wants wants, std::optional<InputError> complaint = std::nullopt) {
    return Outcome{wants, CommandLine(innermost(*app_)), std::move(complaint)};
  };
  try {
    app_->parse(argc, argv);
  } catch (const CLI::CallForVersion&) {
    return outcome(Wants::kVersion);
  } catch (const CLI::Success&) {
    return outcome(Wants::kHelp);
  } catch (const CLI::ParseError& error) {
    return outcome(Wants::kNothing, complaint_on(*app_, error));
  } catch (const InputError& error) {
    return outcome(Wants::kNothing, error);
  }
  if (CLI::App& where = innermost(*app_); described(where).needs_command) {
    return outcome(
        Wants::kHelp,
        InputError::usage("the command line", fmt::format("'{}' without a command", path_of(where)),
                          "one of the commands above",
                          fmt::format("{} COMMAND --help", path_of(where))));
  }
  return outcome(Wants::kNothing);
}

}  // namespace kgaudit::cli
