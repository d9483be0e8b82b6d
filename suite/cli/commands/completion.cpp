#include <memory>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "suite/cli/command.hpp"
#include "suite/cli/program_declaration.hpp"
#include "suite/cli/shell_completion.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

ExitCode completion(Session& session, const std::string& shell) {
  Console::Options options;
  CommandAction chosen;
  const ProgramLine program = declare_program(options, chosen);
  const std::string script = shell_completion(program.root(), shell);
  session.console.show(script);
  session.console.show_json({{"shell", shell}, {"script", script}});
  return ExitCode::kPass;
}

CommandAction attach_completion(CommandLine line) {
  auto shell = std::make_shared<std::string>();
  line.add_choice(
      {.name = "shell",
       .help = fmt::format("One of: {} (required)", fmt::join(completed_shells(), ", ")),
       .type = "SHELL",
       .required = true},
      *shell, completed_shells());
  return [shell](Session& session) { return completion(session, *shell); };
}

}  // namespace

extern const CommandEntry completion;
constinit const CommandEntry completion = {
    .id = "completion",
    .summary = "Print the script with which a shell completes commands, options and ids",
    .attach = &attach_completion,
};

}  // namespace kgaudit::cli::commands_roster
