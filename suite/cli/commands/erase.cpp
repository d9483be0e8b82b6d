#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "models/debiasing/erasing/post_hoc.hpp"
#include "suite/audit/erasing.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/plan_options.hpp"

namespace kgaudit::cli {
namespace {

struct EraseOptions {
  explicit EraseOptions(CLI::App& app)
      : plan(app, {"--whitelist", "--preset", "--systems", "--metrics", "--seeds", "--seed",
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

CommandAction attach(CLI::App& app) {
  auto options = std::make_shared<EraseOptions>(app);
  app.add_option("--systems", options->systems,
                 fmt::format("Post-hoc systems to erase with, separated by commas (any of: {}; "
                             "required)",
                             models::post_hoc_ids()))
      ->type_name("IDS")
      ->required();
  app.add_option("--seed", options->seed,
                 "Decides which persons the systems learn from (integer of at least 0; default: 0)")
      ->type_name("N");
  app.add_option(
         "--embeddings", options->embeddings,
         "Entity rows as text: name, tab, numbers with tabs between them, a row a line; the "
         "names are those of the dataset (required)")
      ->type_name("FILE")
      ->required();
  app.add_option("--out", options->out,
                 "Folder for the erased rows, a file for each system and view, in the same form "
                 "(required)")
      ->type_name("DIR")
      ->required();
  add_mirror_option(app, options->mirror);
  return [options](Session& session) { return erase(session, *options); };
}

}  // namespace

const CommandEntry& erase_command() {
  static constexpr CommandEntry kEntry{
      "erase", "Erase sensitive attributes from somebody else's embedding file", attach};
  return kEntry;
}

}  // namespace kgaudit::cli
