#include "suite/cli/shell_completion.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/cli/help_text.hpp"
#include "suite/cli/option_facts.hpp"

namespace kgaudit::cli {
namespace {

using Declared = CommandLine::Declared;
using Kind = Offered::Kind;

std::string joined(const std::vector<std::string>& words, std::string_view between = " ") {
  return fmt::format("{}", fmt::join(words, between));
}

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string out;
  for (const char c : text) {
    if (c == from) {
      out += to;
    } else {
      out += c;
    }
  }
  return out;
}

/// The first sentence of a help text, without its range and default.
std::string short_help(const std::string& help) {
  std::string text = help.substr(0, std::min(help.find(" ("), help.find(": ")));
  return text.substr(0, text.find("; "));
}

/// A command and all below it.
void collect(const CommandLine& line, std::vector<CommandLine>& all) {
  all.push_back(line);
  for (const CommandLine& below : line.commands()) collect(below, all);
}

std::vector<CommandLine> all_lines(const CommandLine& root) {
  std::vector<CommandLine> all;
  collect(root, all);
  return all;
}

/// The options that can be typed, those of the whole program at the end.
std::vector<Declared> typed_options(const CommandLine& root, const CommandLine& line) {
  std::vector<Declared> options;
  if (line.path() != root.path()) {
    for (const OptionGroup& group : option_groups(line)) {
      options.insert(options.end(), group.options.begin(), group.options.end());
    }
  }
  for (Declared& option : global_options(root)) options.push_back(std::move(option));
  return options;
}

std::vector<std::string> names_below(const CommandLine& line) {
  std::vector<std::string> names;
  for (const CommandLine& below : line.commands()) names.push_back(below.name());
  return names;
}

/// Whether a word of this list goes on with "=VALUE".
bool is_key(const Declared& option) { return option.type.ends_with("=VALUE"); }

std::string_view kind_word(const Declared& option, Kind kind) {
  switch (kind) {
    case Kind::kFiles:
      return "files";
    case Kind::kFolders:
      return "folders";
    case Kind::kWords:
      return is_key(option) ? "keys" : "words";
    case Kind::kWordsWithCommas:
      return "list";
    case Kind::kNothing:
      break;
  }
  return "nothing";
}

// bash ------------------------------------------------------------------------------------------

/// One arm of a case: where it holds, and what is offered there.
struct Arm {
  std::vector<std::string> patterns;
  std::string action;
};

void add_arm(std::vector<Arm>& arms, std::string pattern, const std::string& action) {
  const auto same = std::ranges::find(arms, action, &Arm::action);
  if (same == arms.end()) {
    arms.push_back({{std::move(pattern)}, action});
  } else {
    same->patterns.push_back(std::move(pattern));
  }
}

std::string bash_arms(const std::vector<Arm>& arms) {
  std::string text;
  for (const Arm& arm : arms) {
    text += fmt::format("    {})\n      {} ;;\n", joined(arm.patterns, " | "), arm.action);
  }
  return text;
}

std::string bash_completion(const CommandLine& root) {
  std::vector<Arm> commands;
  std::vector<Arm> options;
  std::vector<Arm> values;
  const auto add_value = [&values](const std::string& place, const Declared& option,
                                   const Offered& offered) {
    add_arm(
        values, place,
        fmt::format("kind={} words='{}'", kind_word(option, offered.kind), joined(offered.words)));
  };
  for (const CommandLine& line : all_lines(root)) {
    const std::string path = line.path();
    if (!line.commands().empty()) {
      add_arm(commands, fmt::format("'{}'", path),
              fmt::format("words='{}'", joined(names_below(line))));
    }
    std::vector<std::string> spellings;
    for (const Declared& option : typed_options(root, line)) {
      for (const std::string& spelling : option.spellings) {
        spellings.push_back(spelling);
        if (option.type.empty()) continue;
        add_value(fmt::format("'{} {}'", path, spelling), option, offered_for(line, option));
      }
    }
    add_arm(options, fmt::format("'{}'", path), fmt::format("words='{}'", joined(spellings)));
    std::size_t number = 0;
    for (const Declared& argument : arguments_of(line)) {
      ++number;
      // One that takes several words takes all that follow.
      add_value(
          argument.many ? fmt::format("'{} '[0-9]*", path) : fmt::format("'{} {}'", path, number),
          argument, offered_for(line, argument));
    }
  }
  return fmt::format(R"script(# bash completion for kgaudit, made by: kgaudit completion bash

_kgaudit_commands() {{
  case $1 in
{}  esac
}}

_kgaudit_options() {{
  case $1 in
{}  esac
}}

# What may stand after an option, or as the argument with a number.
_kgaudit_values() {{
  case $1 in
{}  esac
}}

_kgaudit() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} path=kgaudit option= arguments=0 kind= words= i word
  [[ $current == = ]] && current=
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${{COMP_WORDS[i]}}
    [[ $word == = ]] && continue
    if [[ -n $option ]]; then
      option=
      continue
    fi
    words=
    _kgaudit_commands "$path"
    if [[ $word == -* ]]; then
      kind=
      _kgaudit_values "$path $word"
      [[ -n $kind ]] && option=$word
    elif [[ " $words " == *" $word "* ]]; then
      path+=" $word"
    else
      arguments=$((arguments + 1))
    fi
  done

  COMPREPLY=()
  kind=nothing words=
  if [[ -n $option ]]; then
    _kgaudit_values "$path $option"
  elif [[ $current == -* ]]; then
    kind=words
    _kgaudit_options "$path"
  else
    _kgaudit_commands "$path"
    if [[ -n $words ]]; then
      kind=words
    else
      _kgaudit_values "$path $((arguments + 1))"
    fi
  fi
  case $kind in
    words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
    keys)
      mapfile -t COMPREPLY < <(compgen -S = -W "$words" -- "$current")
      compopt -o nospace 2>/dev/null
      ;;
    list)
      local before=
      [[ $current == *,* ]] && before=${{current%,*}},
      mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "${{current##*,}}")
      ;;
    files)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    folders)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      ;;
  esac
}}

complete -F _kgaudit kgaudit
)script",
                     bash_arms(commands), bash_arms(options), bash_arms(values));
}

// zsh -------------------------------------------------------------------------------------------

/// Inside single quotes of a shell.
std::string zsh_quoted(std::string_view text) {
  return fmt::format("'{}'", replaced(text, '\'', "'\\''"));
}

std::string zsh_function(const CommandLine& line) {
  std::string name = "_" + line.path();
  std::ranges::replace(name, ' ', '_');
  return name;
}

std::string zsh_action(const Declared& option, const Offered& offered) {
  const std::string words = joined(offered.words);
  switch (offered.kind) {
    case Kind::kFiles:
      return "_files";
    case Kind::kFolders:
      return "_files -/";
    case Kind::kWords:
      return is_key(option) ? fmt::format("compadd -S = - {}", words)
                            : fmt::format("compadd - {}", words);
    case Kind::kWordsWithCommas:
      return fmt::format("_sequence compadd - {}", words);
    case Kind::kNothing:
      break;
  }
  return " ";
}

/// A description as it stands between brackets or colons of a spec.
std::string zsh_words(const std::string& help) {
  std::string text = replaced(short_help(help), '\\', "\\\\");
  for (const char special : {'[', ']', ':'}) {
    text = replaced(text, special, std::string("\\") + special);
  }
  return text;
}

void add_zsh_options(std::string& text, const CommandLine& line,
                     const std::vector<Declared>& options) {
  for (const Declared& option : options) {
    const std::string value = option.type.empty()
                                  ? ""
                                  : fmt::format(":{}:{{{}}}", replaced(option.type, ':', "\\:"),
                                                zsh_action(option, offered_for(line, option)));
    const std::string repeated = is_key(option) ? "*" : "";
    for (const std::string& spelling : option.spellings) {
      text += fmt::format(" \\\n    {}", zsh_quoted(fmt::format("{}{}[{}]{}", repeated, spelling,
                                                                zsh_words(option.help), value)));
    }
  }
}

std::string zsh_completion(const CommandLine& root) {
  std::string text =
      "#compdef kgaudit\n# zsh completion for kgaudit, made by: kgaudit completion "
      "zsh\n";
  std::vector<CommandLine> lines = all_lines(root);
  std::ranges::reverse(lines);  // a function is defined before it is called
  for (const CommandLine& line : lines) {
    text += fmt::format("\n{}() {{\n", zsh_function(line));
    const auto below = line.commands();
    if (!below.empty()) text += "  local curcontext=$curcontext state line\n";
    text += below.empty() ? "  _arguments" : "  _arguments -C";
    add_zsh_options(text, line, typed_options(root, line));
    if (!below.empty()) {
      text +=
          " \\\n    '1: :->command' \\\n    '*:: :->rest'\n  case $state in\n    command)\n"
          "      local -a commands=(";
      for (const CommandLine& one : below) {
        text +=
            "\n        " + zsh_quoted(fmt::format("{}:{}", one.name(), zsh_words(one.summary())));
      }
      text +=
          ")\n      _describe -t commands command commands\n      ;;\n    rest)\n      case "
          "$line[1] in\n";
      for (const CommandLine& one : below) {
        text += fmt::format("        {}) {} ;;\n", one.name(), zsh_function(one));
      }
      text += "      esac\n      ;;\n  esac\n";
    } else {
      for (const Declared& argument : arguments_of(line)) {
        text += fmt::format(
            " \\\n    {}",
            zsh_quoted(fmt::format("{}:{}:{{{}}}", argument.many ? "*" : "", argument.name,
                                   zsh_action(argument, offered_for(line, argument)))));
      }
      text += "\n";
    }
    text += "}\n";
  }
  return text +
         "\n# When sourced, it becomes known; from a folder of $fpath, it is called.\n"
         "if [[ ${funcstack[1]} == _kgaudit ]]; then\n  _kgaudit \"$@\"\nelse\n"
         "  compdef _kgaudit kgaudit\nfi\n";
}

// fish ------------------------------------------------------------------------------------------

std::string fish_quoted(std::string_view text) {
  return fmt::format("'{}'", replaced(replaced(text, '\\', "\\\\"), '\'', "\\'"));
}

/// The options of `complete` that say what a value may be.
std::string fish_value(const Declared& option, const Offered& offered) {
  switch (offered.kind) {
    case Kind::kFiles:
      return " -r -F";
    case Kind::kFolders:
      return " -x -a '(__fish_complete_directories)'";
    case Kind::kWords: {
      std::vector<std::string> words = offered.words;
      for (std::string& word : words) word += is_key(option) ? "=" : "";
      return " -x -a " + fish_quoted(joined(words));
    }
    case Kind::kWordsWithCommas:
      return fmt::format(" -x -a '(__kgaudit_list {})'", joined(offered.words));
    case Kind::kNothing:
      break;
  }
  return " -x";
}

std::string fish_completion(const CommandLine& root) {
  std::string paths;
  std::string rules;
  for (const CommandLine& line : all_lines(root)) {
    const std::string path = line.path();
    const std::string here =
        fmt::format("complete -c kgaudit -n {}",
                    fish_quoted(fmt::format("test \"$(__kgaudit_path)\" = \"{}\"", path)));
    for (const CommandLine& below : line.commands()) {
      paths += fmt::format(" {}", fish_quoted(below.path()));
      rules += fmt::format("{} -a {} -d {}\n", here, below.name(),
                           fish_quoted(short_help(below.summary())));
    }
    for (const Declared& option : typed_options(root, line)) {
      std::string names;
      for (const std::string& spelling : option.spellings) {
        names +=
            spelling.starts_with("--") ? " -l " + spelling.substr(2) : " -s " + spelling.substr(1);
      }
      rules +=
          fmt::format("{}{} -d {}{}\n", here, names, fish_quoted(short_help(option.help)),
                      option.type.empty() ? "" : fish_value(option, offered_for(line, option)));
    }
    for (const Declared& argument : arguments_of(line)) {
      const Offered offered = offered_for(line, argument);
      if (offered.kind == Kind::kFiles || offered.kind == Kind::kFolders) {
        rules += here + " -F\n";
      } else if (offered.kind == Kind::kWords) {
        rules += fmt::format("{} -a {}\n", here, fish_quoted(joined(offered.words)));
      }
    }
  }
  return fmt::format(R"script(# fish completion for kgaudit, made by: kgaudit completion fish

# The commands that were typed: "kgaudit gate check".
function __kgaudit_path
    set -l path kgaudit
    for word in (commandline -opc)[2..-1]
        if contains -- "$path $word"{}
            set path "$path $word"
        end
    end
    echo $path
end

# Words of a list with commas, the last of which is being typed.
function __kgaudit_list
    set -l before (string match -r '^.*,' -- (commandline -ct))
    for word in $argv
        echo $before$word
    end
end

complete -c kgaudit -f
{})script",
                     paths, rules);
}

struct ShellEntry {
  std::string_view name;
  std::string (*script)(const CommandLine& root);
};

constexpr ShellEntry kShells[] = {
    {"bash", &bash_completion},
    {"zsh", &zsh_completion},
    {"fish", &fish_completion},
};

}  // namespace

std::vector<std::string> completed_shells() {
  std::vector<std::string> names;
  for (const ShellEntry& shell : kShells) names.emplace_back(shell.name);
  return names;
}

std::string shell_completion(const CommandLine& root, std::string_view shell) {
  const auto found = std::ranges::find(kShells, shell, &ShellEntry::name);
  KGA_REQUIRE(found != std::end(kShells), "no completion for the shell {}", shell);
  return found->script(root);
}

}  // namespace kgaudit::cli
