#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/debiasing/erasing/post_hoc.hpp"
#include "suite/audit/erasing.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/plan_options.hpp"
#include "suite/plan/plan_resolution.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct EraseOptions {
  explicit EraseOptions(CommandLine line)
      : plan(line, {"--whitelist", "--preset", "--systems", "--metrics", "--seeds", "--seed",
                    "--epochs", "--dimension", "--out"}) {}

  PlanOptions plan;
  std::string systems;
  std::string seed = "0";
  std::string embeddings;
  std::string out;
  std::string mirror;
};

ExitCode erase(Session& session, const EraseOptions& options) {
  const std::vector<run::Assignment> typed = {{"systems", options.systems, "--systems"},
                                              {"metrics", "leakage", "erase"},
                                              {"seeds", "1", "erase"},
                                              {"seed", options.seed, "--seed"}};
  const run::Plan plan = options.plan.resolve(typed);
  const run::Erasing erasing = run::erase_embeddings(plan, options.embeddings, options.out,
                                                     options.mirror, session.progress);
  const reports::Table table = run::erasing_table(erasing);
  const Console& console = session.console;
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  nlohmann::ordered_json json = {
      {"source",
       {{"name", erasing.source.name},
        {"bytes", erasing.source.bytes},
        {"sha256", erasing.source.sha256}}},
      {"rows", erasing.rows},
      {"in_graph", erasing.in_graph},
      {"persons", erasing.persons},
      {"files", nlohmann::ordered_json::array()},
      {"table", nlohmann::ordered_json::parse(reports::render_json(table))}};
  for (const run::ErasedFile& file : erasing.files) {
    console.show(fmt::format("{}{} [{}]: {}\n", &file == erasing.files.data() ? "\n" : "",
                             file.system, file.view, file.file.string()));
    json["files"].push_back(
        {{"system", file.system}, {"view", file.view}, {"file", file.file.string()}});
  }
  console.show_json(json.dump());
  return ExitCode::kPass;
}

CommandAction attach_erase(CommandLine line) {
  auto options = std::make_shared<EraseOptions>(line);
  line.add_text(
      {.name = "--systems",
       .help = fmt::format("Post-hoc systems to apply, separated by commas (any of: {}; required)",
                           models::post_hoc_ids()),
       .type = "IDS",
       .required = true},
      options->systems);
  line.add_text({.name = "--seed",
                 .help = "Seed that decides which persons the systems are fitted on (integer of at "
                         "least 0; default: 0)",
                 .type = "N"},
                options->seed);
  line.add_text(
      {.name = "--embeddings",
       .help = "Embeddings of another tool, a file or folder with entities named as in the "
               "dataset ('kgaudit inspect' shows what it holds; required)",
       .type = "PATH",
       .required = true},
      options->embeddings);
  line.add_text(
      {.name = "--out",
       .help = "Folder for the erased embeddings, one text file for each system and view: a "
               "name and its numbers a line (required)",
       .type = "DIR",
       .required = true},
      options->out);
  add_mirror_option(line, options->mirror);
  return [options](Session& session) { return erase(session, *options); };
}

}  // namespace

extern const CommandEntry erase;
constinit const CommandEntry erase = {
    .id = "erase",
    .summary = "Erase sensitive attributes from an embedding file trained elsewhere",
    .attach = &attach_erase,
};

}  // namespace kgaudit::cli::commands_roster
