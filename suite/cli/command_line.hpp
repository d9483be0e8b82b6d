#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "suite/base/error.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kgaudit::cli {

/// How an option or a positional argument presents itself. Its group in the help and what a shell
/// offers after it stand in option_facts.cpp.
struct OptionText {
  std::string name;           ///< "--out", "-q,--quiet"; without dashes a positional argument
  std::string help;           ///< a sentence, then range and default in brackets
  std::string type = "TEXT";  ///< what help shows after the name
  bool required = false;
  bool hidden = false;  ///< left out of the help; only tests type it
};

/// What an option with one value does when it is typed twice.
enum class Repeated { kRefused, kLastWins };

/// Which words belong to an option that takes several.
enum class Words {
  kMany,       ///< all up to the next option: "A B"
  kCommas,     ///< the same, and commas separate too: "md,html"
  kOneList,    ///< one word each time, which commas separate: "md,html"
  kOneEach,    ///< one each time: "--set A --set B"
  kAtMostOne,  ///< one or none each time: "--sweep", "--sweep 7"
};

/// The smallest and the largest value of a count.
struct CountRange {
  std::size_t least;
  std::size_t most;
};

/// A declared option, to ask about after parsing. Valid as long as its program's command line.
class Option {
 public:
  explicit Option(CLI::Option& option) : option_(&option) {}

  [[nodiscard]] bool typed() const;
  /// Refuses a command line with both.
  void excludes(Option other);

 private:
  CLI::Option* option_;
};

/// A command line that does something useful, and what that is.
struct Example {
  std::string meaning;
  std::string line;  ///< "kgaudit bench --dataset fb13"
};

/// What a command's help says beside its options.
struct CommandNotes {
  std::vector<Example> examples;
  std::vector<int> exit_codes;    ///< those that it can end with
  std::string when_stopped = {};  ///< what an interrupted one leaves; "" for the program itself
};

/// The command line of one command: its options, arguments and the commands below it. The parser
/// (CLI11) is known to command_line.cpp alone, since its header costs seconds in every source that
/// includes it. This is a handle, cheap to copy, valid as long as its program's command line.
/// Every target must live until the command line is parsed.
class CommandLine {
 public:
  explicit CommandLine(CLI::App& app) : app_(&app) {}

  Option add_flag(const OptionText& text, bool& target);
  /// A text that is not empty: what is not typed leaves the target as it is.
  Option add_text(const OptionText& text, std::string& target,
                  Repeated repeated = Repeated::kRefused);
  /// A word that is one of `words`.
  Option add_choice(const OptionText& text, std::string& target,
                    const std::vector<std::string>& words);
  Option add_count(const OptionText& text, std::size_t& target, CountRange range);
  /// A count of at least 1 that stays empty if it is not typed.
  Option add_count(const OptionText& text, std::optional<std::uint64_t>& target);
  Option add_words(const OptionText& text, std::vector<std::string>& target, Words words);

  /// A command below this one. It understands the options of this one too.
  CommandLine add_command(const std::string& name, const std::string& summary);
  /// Refuses a command line without a command below this one.
  void require_command();
  /// Calls `callback` if this command was typed and all of the command line makes sense.
  void when_typed(std::function<void()> callback);

  /// An option or argument as it was declared: what help, man pages and completions are made of.
  struct Declared {
    std::string name;                    ///< "-q,--quiet"; of an argument "records"
    std::vector<std::string> spellings;  ///< "-q", "--quiet"; none of an argument
    std::string type;                    ///< "FILE"; "" of a flag
    std::string help;
    std::vector<std::string> choices;  ///< all words that it takes, if they are few
    bool required = false;
    bool hidden = false;
    bool answers = false;  ///< --help and --version: prints something and ends the program
    bool many = false;     ///< an argument that takes several words
  };
  void describe(CommandNotes notes);
  [[nodiscard]] std::string name() const;
  /// The names from the program's to this one's: "kgaudit gate check".
  [[nodiscard]] std::string path() const;
  [[nodiscard]] std::string summary() const;
  [[nodiscard]] std::vector<Declared> options() const;
  [[nodiscard]] std::vector<CommandLine> commands() const;
  [[nodiscard]] const CommandNotes& notes() const;

 private:
  CLI::App* app_;
};

/// The command line of the whole program.
class ProgramLine {
 public:
  struct About {
    std::string name;
    std::string description;
    std::string version;
  };
  explicit ProgramLine(const About& about);
  ProgramLine(ProgramLine&& other) noexcept;
  ProgramLine& operator=(ProgramLine&& other) noexcept;
  ~ProgramLine();

  [[nodiscard]] CommandLine root() const { return CommandLine(*app_); }

  struct Outcome {
    /// What to do in place of a command.
    enum class Wants { kNothing, kHelp, kVersion };
    Wants wants = Wants::kNothing;
    CommandLine where;                    ///< the command that was typed last: what --help is about
    std::optional<InputError> complaint;  ///< what is wrong, and what to type instead
  };
  /// Fills the targets and calls what `when_typed` was given.
  [[nodiscard]] Outcome parse(int argc, const char* const* argv);
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  std::unique_ptr<CLI::App> app_;
  std::string version_;
};

}  // namespace kgaudit::cli
