#include "suite/cli/program.hpp"

#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/drawn_progress.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/stop_signal.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
namespace {

/// The sub-app that was typed last: where an unknown word has to be understood.
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

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* below : app.get_subcommands(nullptr)) names.push_back(below->get_name());
  return names;
}

/// What to say of a command line that CLI11 could not parse.
std::string advice_on(CLI::App& app, const CLI::ParseError& error) {
  CLI::App& where = innermost(app);
  std::string path;
  for (const CLI::App* level = &where; level != nullptr; level = level->get_parent()) {
    path.insert(0, level->get_name() + (path.empty() ? "" : " "));
  }
  const std::string see = fmt::format("\n  try: {} --help", path);
  const std::vector<std::string> unknown = app.remaining(true);
  if (unknown.empty()) return error.what() + see;

  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  const bool is_option = word.starts_with("-");
  const auto near = nearest_word(word, is_option ? option_names(where) : subcommand_names(where));
  const std::string_view kind = is_option                         ? "option"
                                : subcommand_names(where).empty() ? "argument"
                                                                  : "command";
  return fmt::format("unknown {} '{}'{}", kind, printable(word),
                     near ? fmt::format("\n  did you mean '{}'?", *near) : see);
}

int run_action(const CommandAction& action, const Console& console) {
  DrawnProgress progress(console);
  progress.watch(&watch_stop_signals());
  try {
    Session session{console, progress};
    return static_cast<int>(action(session));
  } catch (const Interrupted&) {
    console.note("interrupted: all finished work is saved; --resume goes on from here");
    return kInterruptedCode;
  } catch (const InputError& error) {
    console.error(error.what());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    console.error("not enough memory\n  try: fewer threads, a smaller dimension or batch");
    return static_cast<int>(ExitCode::kUsage);
  } catch (const std::exception& error) {
    const auto build = run::build_fingerprint();
    console.error(fmt::format("this is a bug of kgaudit {}, not yours:\n  {}", build.at("version"),
                              error.what()));
    return static_cast<int>(ExitCode::kBug);
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  Console console;
  Console::Options console_options;
  CommandAction chosen;
  CLI::App app("", "kgaudit");
  declare_program(app, console_options, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    console.error(advice_on(app, error));
    return static_cast<int>(ExitCode::kUsage);
  }
  console.configure(console_options);
  return run_action(chosen, console);
}

}  // namespace kgaudit::cli
