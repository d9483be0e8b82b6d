#include "suite/cli/program.hpp"

#include <atomic>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/drawn_progress.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/program_declaration.hpp"
#include "suite/cli/stop_signal.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
namespace {

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
    console.error(error.what());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    console.error("not enough memory\n  try: fewer threads, a smaller dimension or batch");
    return static_cast<int>(ExitCode::kUsage);
  } catch (const std::filesystem::filesystem_error& error) {
    // A path that the system refuses, where nobody had a better word for it.
    console.error(InputError::unreadable(error.path1().string(), error.code().message(),
                                         "a path that the system can follow",
                                         "check its length, its links and its permissions")
                      .what());
    return static_cast<int>(ExitCode::kUnreadable);
  } catch (const std::exception& error) {
    const auto build = run::build_fingerprint();
    console.error(fmt::format("internal error in kgaudit {} (please report):\n  {}",
                              build.at("version"), error.what()));
    return static_cast<int>(ExitCode::kBug);
  }
}

/// Arguments end up in plans, records and JSON, all of which are UTF-8.
std::optional<std::string> argument_of_other_bytes(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (find_broken_utf8(argument)) {
      return fmt::format(
          "argument {}: '{}' is not UTF-8\n  expected: UTF-8 text\n"
          "  try: another name for the file or folder, or a link to it",
          i, printable(argument));
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
  if (const auto complaint = argument_of_other_bytes(argc, argv)) {
    console.error(*complaint);
    return static_cast<int>(ExitCode::kUsage);
  }
  ProgramLine line = declare_program(console_options, chosen);
  const ProgramLine::Outcome outcome = line.parse(argc, argv);
  if (outcome.answered) return with_all_output(static_cast<int>(ExitCode::kPass), console);
  if (!outcome.complaint.empty()) {
    console.error(outcome.complaint);
    return static_cast<int>(ExitCode::kUsage);
  }
  console.configure(console_options);
  return with_all_output(run_action(chosen, console, stop_wanted), console);
}

}  // namespace kgaudit::cli
