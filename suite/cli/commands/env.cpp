#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "suite/cli/command.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {
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
  session.console.show_json(json.dump());
  return ExitCode::kPass;
}

CommandAction attach(CLI::App&) { return env; }

}  // namespace

const CommandEntry& env_command() {
  static constexpr CommandEntry kEntry{
      "env", "Show the machine and the build, as every record states them", attach};
  return kEntry;
}

}  // namespace kgaudit::cli
