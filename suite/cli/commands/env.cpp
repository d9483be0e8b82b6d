#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "suite/cli/command.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

ExitCode env(Session& session) {
  const std::pair<const char*, run::Fingerprint> parts[] = {
      {"machine", run::machine_fingerprint()},
      {"now", run::machine_state()},
      {"build", run::build_fingerprint()},
  };
  nlohmann::ordered_json json;
  std::string text;
  for (const auto& [name, facts] : parts) {
    json[name] = facts;
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", name);
    for (const auto& [key, value] : facts) text += fmt::format("  {:<18}{}\n", key, value);
  }
  session.console.show(text);
  session.console.show_json(json);
  return ExitCode::kPass;
}

CommandAction attach_env(CommandLine) { return env; }

}  // namespace

extern const CommandEntry env;
constinit const CommandEntry env = {
    .id = "env",
    .summary = "Show the machine and the build, as they are recorded with every run",
    .attach = &attach_env,
};

}  // namespace kgaudit::cli::commands_roster
