#include "suite/cli/program.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/vectors/vector_target.hpp"
#include "suite/cli/drawn_progress.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/help_text.hpp"
#include "suite/cli/program_declaration.hpp"
#include "suite/cli/stop_signal.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
namespace {

int failed(const Console& console, const InputError& error) {
  const int code = static_cast<int>(error.code());
  console.fail({code, error.what(), error.complaint()});
  return code;
}

int run_action(const CommandAction& action, const Console& console,
               const std::atomic<bool>& stop_wanted) {
  DrawnProgress progress(console);
  progress.watch(&stop_wanted);
  try {
    Session session{console, progress};
    return static_cast<int>(action(session));
  } catch (const Interrupted&) {
    return kInterruptedCode;
  } catch (const InputError& error) {
    return failed(console, error);
  } catch (const std::bad_alloc&) {
    return failed(
        console, InputError::usage("memory", "not enough of it", "a job that this machine can hold",
                                   "a larger limit (ulimit -v), fewer --threads or less data; of "
                                   "a training a smaller dimension or batch"));
  } catch (const std::filesystem::filesystem_error& error) {
    // A path that the system refuses, where nobody had a better word for it.
    const bool too_many = error.code() == std::errc::too_many_files_open ||
                          error.code() == std::errc::too_many_files_open_in_system;
    return failed(console,
                  InputError::unreadable(error.path1().string(), error.code().message(),
                                         "a path that the system can follow",
                                         too_many ? "a larger limit on open files (ulimit -n)"
                                                  : "check its length, its links and its "
                                                    "permissions"));
  } catch (const std::exception& error) {
    const auto build = run::build_fingerprint();
    console.fail({static_cast<int>(ExitCode::kBug),
                  fmt::format("internal error in kgaudit {} (please report):\n  {}",
                              build.at("version"), error.what())});
    return static_cast<int>(ExitCode::kBug);
  }
}

/// Arguments end up in plans, records and JSON, all of which are UTF-8.
std::optional<InputError> argument_of_other_bytes(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (find_broken_utf8(argument)) {
      return InputError::usage(fmt::format("argument {}", i),
                               fmt::format("'{}' is not UTF-8", printable(argument)), "UTF-8 text",
                               "another name for the file or folder, or a link to it");
    }
  }
  return std::nullopt;
}

/// A result that did not get out is no success.
int with_all_output(int code, const Console& console) {
  const std::string why = console.lost_output();
  if (why.empty()) return code;
  console.error(
      InputError::usage("stdout", fmt::format("cannot be written ({})", why),
                        "an output that takes the whole result",
                        "more room on the disk; what the command wrote into files is there")
          .what());
  return code == static_cast<int>(ExitCode::kPass) ? static_cast<int>(ExitCode::kUsage) : code;
}

}  // namespace

int run_program(int argc, char** argv) {
  open_standard_streams();
  survive_file_size_limit();
  const std::atomic<bool>& stop_wanted = watch_stop_signals();
  Console console;
  Console::Options console_options;
  CommandAction chosen;
  // What --json asks for holds for a command line that makes no sense, too.
  for (int i = 1; i < argc; ++i) console_options.json |= std::string_view(argv[i]) == "--json";
  console.configure(console_options);
  const auto refused = [&console](const InputError& error) {
    console.fail({static_cast<int>(ExitCode::kUsage), error.what(), error.complaint()});
    return with_all_output(static_cast<int>(ExitCode::kUsage), console);
  };
  if (const auto complaint = argument_of_other_bytes(argc, argv)) return refused(*complaint);
  try {
    if (const char* target = std::getenv("KGAUDIT_TARGET"); target != nullptr && *target != '\0') {
      use_vector_target(target, "KGAUDIT_TARGET");
    }
  } catch (const InputError& error) {
    return refused(error);
  }
  ProgramLine program = declare_program(console_options, chosen);
  const ProgramLine::Outcome outcome = program.parse(argc, argv);
  console.configure(console_options);
  using Wants = ProgramLine::Outcome::Wants;
  if (outcome.wants == Wants::kVersion) console.answer(program.version() + "\n");
  if (outcome.wants == Wants::kHelp) {
    const HelpStyle style{console.width(), console.colour() && !outcome.complaint};
    const std::string help = help_text(program.root(), outcome.where, style);
    if (!outcome.complaint) {
      console.answer(help);
    } else if (!console.json()) {
      console.remind(help + "\n");
    }
  }
  if (outcome.complaint) return refused(*outcome.complaint);
  if (outcome.wants != Wants::kNothing) {
    return with_all_output(static_cast<int>(ExitCode::kPass), console);
  }
  return with_all_output(run_action(chosen, console, stop_wanted), console);
}

}  // namespace kgaudit::cli
