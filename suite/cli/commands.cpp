#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/exit_codes.hpp"
#include "suite/run/provenance.hpp"

namespace kgaudit::cli {

namespace {

/// CLI11's help with descriptions wrapped beside their options.
class WrappedHelp : public CLI::Formatter {
 public:
  WrappedHelp() { column_width(kNames); }
  std::string make_option_desc(const CLI::Option* option) const override {
    return wrapped(option->get_description(), 0, kLine - kNames);
  }
  /// The default adds ":INT", "REQUIRED" and the like; ranges stand in the descriptions.
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string& type = option->get_type_name();
    return type.empty() || option->get_items_expected_max() == 0 ? "" : " " + type;
  }

 private:
  static constexpr std::size_t kLine = 100;
  static constexpr std::size_t kNames = 28;
};

std::string version_text() {
  const auto build = run::build_fingerprint();
  const auto commit = build.find("commit");
  return fmt::format("kgaudit {}{}", build.at("version"),
                     commit == build.end() ? "" : " (" + commit->second + ")");
}

}  // namespace

void declare_program(CLI::App& app, Console::Options& console, CommandAction& chosen) {
  app.description(
      "kgaudit: reproducible benchmark and audit of social bias in knowledge-graph embeddings");
  app.footer(exit_code_help());
  app.formatter(std::make_shared<WrappedHelp>());
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_version_flag("--version", version_text(), "Print the version and exit");
  app.add_flag("-q,--quiet", console.quiet, "Print results and errors only (default: off)");
  app.add_flag("--json", console.json,
               "Print the result as one line of JSON on stdout, all else on stderr (default: off)");
  app.require_subcommand(1);
  for (const CommandEntry* entry : commands()) {
    CLI::App* below = app.add_subcommand(std::string(entry->id), std::string(entry->summary));
    below->fallthrough();
    const CommandAction action = entry->attach(*below);
    below->final_callback([&chosen, action] { chosen = action; });
  }
}

}  // namespace kgaudit::cli
