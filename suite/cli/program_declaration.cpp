#include "suite/cli/program_declaration.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"
#include "suite/cli/command_notes.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
namespace {

std::string version_text() {
  const auto build = run::build_fingerprint();
  const auto commit = build.find("commit");
  return fmt::format("kgaudit {}{}", build.at("version"),
                     commit == build.end() ? "" : " (" + commit->second + ")");
}

void add_notes(CommandLine line, std::string_view when_stopped) {
  CommandNotes notes = notes_for(line.path());
  notes.when_stopped = when_stopped;
  line.describe(std::move(notes));
  for (const CommandLine& below : line.commands()) add_notes(below, when_stopped);
}

}  // namespace

ProgramLine declare_program(Console::Options& console, CommandAction& chosen) {
  ProgramLine program(
      {.name = "kgaudit",
       .description =
           "kgaudit: reproducible benchmark and audit of social bias in knowledge-graph embeddings",
       .version = version_text()});
  CommandLine line = program.root();
  line.add_flag({.name = "-q,--quiet", .help = "Print results and errors only (default: off)"},
                console.quiet);
  line.add_flag({.name = "--json",
                 .help = "Print the result as one line of JSON on stdout, everything else on "
                         "stderr (default: off)"},
                console.json);
  line.add_choice({.name = "--color",
                   .help = "Colours and bold: on a terminal (auto), always or never (default: "
                           "auto, and never where NO_COLOR is set)",
                   .type = "WHEN"},
                  console.color, {"auto", "always", "never"});
  line.require_command();
  for (const CommandEntry* entry : commands()) {
    CommandLine below = line.add_command(std::string(entry->id), std::string(entry->summary));
    const CommandAction action = entry->attach(below);
    add_notes(below, entry->when_stopped);
    below.when_typed([&chosen, action, entry] {
      chosen = [action, entry](Session& session) {
        try {
          return action(session);
        } catch (const Interrupted&) {
          const std::string told = fmt::format("interrupted: {}", entry->when_stopped);
          if (session.console.json()) {
            session.console.fail({kInterruptedCode, told});
          } else {
            session.console.note(told);
          }
          throw;
        }
      };
    });
  }
  line.describe(notes_for(line.path()));
  return program;
}

}  // namespace kgaudit::cli
