#include "suite/cli/program.hpp"

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/cli/drawn_progress.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/cli/program_declaration.hpp"
#include "suite/cli/stop_signal.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
namespace {

int run_action(const CommandAction& action, const Console& console) {
  DrawnProgress progress(console);
  progress.watch(&watch_stop_signals());
  try {
    Session session{console, progress};
    return static_cast<int>(action(session));
  } catch (const Interrupted&) {
    console.note("interrupted: all finished work is saved; continue with --resume");
    return kInterruptedCode;
  } catch (const InputError& error) {
    console.error(error.what());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    console.error("not enough memory\n  try: fewer threads, a smaller dimension or batch");
    return static_cast<int>(ExitCode::kUsage);
  } catch (const std::exception& error) {
    const auto build = run::build_fingerprint();
    console.error(fmt::format("internal error in kgaudit {} (please report):\n  {}",
                              build.at("version"), error.what()));
    return static_cast<int>(ExitCode::kBug);
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  Console console;
  Console::Options console_options;
  CommandAction chosen;
  ProgramLine line = declare_program(console_options, chosen);
  const ProgramLine::Outcome outcome = line.parse(argc, argv);
  if (outcome.answered) return static_cast<int>(ExitCode::kPass);
  if (!outcome.complaint.empty()) {
    console.error(outcome.complaint);
    return static_cast<int>(ExitCode::kUsage);
  }
  console.configure(console_options);
  return run_action(chosen, console);
}

}  // namespace kgaudit::cli
