#include "suite/cli/command_line.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

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

/// CLI11 would put a validator's own words behind the type that help and completions show.
CLI::Validator without_words(CLI::Validator validator) { return validator.description(""); }

std::string refused_if_empty(const std::string& text) {
  return text.empty() ? "an empty text; expected: a value, or no such option" : "";
}

std::string refused_if_zero(const std::string& text) {
  return text.find_first_not_of('0') == std::string::npos ? "0; expected: at least 1" : "";
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

/// What to say of a command line that CLI11 could not parse.
std::string advice_on(CLI::App& app, const CLI::ParseError& error) {
  CLI::App& where = innermost(app);
  const std::string see = fmt::format("\n  try: {} --help", path_of(where));
  const std::vector<std::string> unknown = app.remaining(true);
  if (unknown.empty()) return error.what() + see;

  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const bool is_option = word.starts_with("-");
  const auto near = nearest_word(word, is_option ? option_names(where) : command_names(where));
  const std::string_view kind = is_option                      ? "option"
                                : command_names(where).empty() ? "argument"
                                                               : "command";
  return fmt::format("unknown {} '{}'{}", kind, printable(word),
                     near ? fmt::format("\n  did you mean '{}'?", *near) : see);
}

}  // namespace

bool Option::typed() const { return option_->count() > 0; }

void Option::excludes(Option other) { option_->excludes(other.option_); }

Option CommandLine::add_flag(const OptionText& text, bool& target) {
  return Option(*app_->add_flag(text.name, target, text.help));
}

Option CommandLine::add_text(const OptionText& text, std::string& target, Repeated repeated) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  option->check(refused_if_empty);
  if (repeated == Repeated::kLastWins) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  return presented(option, text);
}

Option CommandLine::add_choice(const OptionText& text, std::string& target,
                               const std::vector<std::string>& words) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  described(*app_).choices[option] = words;
  return presented(option->check(without_words(CLI::IsMember(words))), text);
}

Option CommandLine::add_count(const OptionText& text, std::size_t& target, CountRange range) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  return presented(option->check(without_words(CLI::Range(range.least, range.most))), text);
}

Option CommandLine::add_count(const OptionText& text, std::optional<std::uint64_t>& target) {
  return presented(app_->add_option(text.name, target, text.help)->check(refused_if_zero), text);
}

Option CommandLine::add_words(const OptionText& text, std::vector<std::string>& target,
                              Words words) {
  CLI::Option* option = app_->add_option(text.name, target, text.help);
  switch (words) {
    case Words::kMany:
      option->check(refused_if_empty);
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
  const auto outcome = [this](Wants wants, std::string complaint) {
    return Outcome{wants, CommandLine(innermost(*app_)), std::move(complaint)};
  };
  try {
    app_->parse(argc, argv);
  } catch (const CLI::CallForVersion&) {
    return outcome(Wants::kVersion, "");
  } catch (const CLI::Success&) {
    return outcome(Wants::kHelp, "");
  } catch (const CLI::ParseError& error) {
    return outcome(Wants::kNothing, advice_on(*app_, error));
  }
  if (described(innermost(*app_)).needs_command) {
    return outcome(Wants::kHelp, "no command was given");
  }
  return outcome(Wants::kNothing, "");
}

}  // namespace kgaudit::cli
