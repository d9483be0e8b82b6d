#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/debiasing/erasing/post_hoc.hpp"
#include "suite/audit/erasing.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/command.hpp"
#include "suite/cli/output_options.hpp"
#include "suite/cli/person_options.hpp"
#include "suite/cli/plan_options.hpp"
#include "suite/cli/reading_options.hpp"
#include "suite/plan/plan_resolution.hpp"

namespace kgaudit::cli::commands_roster {
namespace {

struct EraseOptions {
  explicit EraseOptions(CommandLine line)
      : reading(line, "--embeddings"),
        output(line, "--to", "tsv"),
        persons(line),
        plan(line, {"--whitelist", "--preset", "--systems", "--metrics", "--seeds", "--seed",
                    "--epochs", "--dimension", "--out"}) {}

  ReadingOptions reading;
  OutputOptions output;
  PersonOptions persons;
  PlanOptions plan;
  std::string systems;
  std::string seed = "0";
  std::string out;
  std::string mirror;
  bool fail_if_worse = false;
};

std::string worse_words(const run::WorseReading& worse) {
  const bool auc = worse.figure == "auc";
  const auto figure = [&](double value) {
    return auc ? fmt::format("{:.3f}", value) : fmt::format("{:.1f}", 100.0 * value);
  };
  return fmt::format(
      "{} [{}] {}: the strongest probe ({}) reads {} with {} {}{}, before with {}; {}",
      worse.system, worse.view, worse.within_chance ? "may make it worse" : "makes it worse",
      worse.probe, worse.attribute, auc ? "AUC" : "balanced accuracy", figure(worse.after),
      auc ? "" : " points above a guess", figure(worse.before),
      worse.within_chance ? "with so few persons chance alone may give such a rise"
                          : "chance alone gives such a rise in less than 5 % of cases");
}

ExitCode erase(Session& session, const EraseOptions& options) {
  const std::vector<run::Assignment> typed = {{"systems", options.systems, "--systems"},
                                              {"metrics", "leakage", "erase"},
                                              {"seeds", "1", "erase"},
                                              {"seed", options.seed, "--seed"}};
  const run::Plan plan = options.plan.resolve(typed);
  const run::ErasingRequest request = {options.reading.path(),
                                       options.reading.options(),
                                       options.output.formats(),
                                       options.out,
                                       options.mirror,
                                       options.persons.sources(options.plan.names_graph(), "erase"),
                                       !options.persons.names_least_match()};
  const run::Erasing erasing = run::erase_embeddings(plan, request, session.progress);
  const std::vector<run::WorseReading> worse = run::worse_readings(erasing);
  const reports::Table table = run::erasing_table(erasing);
  const Console& console = session.console;
  for (const std::string& sentence : erasing.matched) {
    console.show(wrapped(sentence, 0, console.width()) + "\n");
  }
  console.show("\n");
  console.show(reports::render_terminal(table, {console.width(), console.colour()}));
  nlohmann::ordered_json json = {
      {"source",
       {{"name", erasing.source.name},
        {"bytes", erasing.source.bytes},
        {"sha256", erasing.source.sha256}}},
      {"rows", erasing.rows},
      {"in_graph", erasing.in_graph},
      {"persons", erasing.persons},
      {"matched", fmt::format("{}", fmt::join(erasing.matched, " "))},
      {"left_out", erasing.left_out},
      {"rounded", erasing.rounded},
      {"folders", nlohmann::ordered_json::array()},
      {"worse", nlohmann::ordered_json::array()},
      {"table", nlohmann::ordered_json::parse(reports::render_json(table))}};
  for (const run::ErasedFile& file : erasing.files) {
    console.show(fmt::format("{}{} [{}]: {}\n", &file == erasing.files.data() ? "\n" : "",
                             file.system, file.view, file.folder.string()));
    json["folders"].push_back({{"system", file.system},
                               {"view", file.view},
                               {"folder", file.folder.string()},
                               {"files", file.written.files}});
  }
  if (erasing.rounded > 0) {
    console.note(fmt::format("{} numbers do not fit a float and were rounded to the nearest",
                             with_thousands(erasing.rounded)));
  }
  for (const std::string& sentence : erasing.left_out) {
    console.note(
        fmt::format("warning: {}; if their rows are in the file under other names, "
                    "nothing was erased from them",
                    sentence));
  }
  for (const run::WorseReading& one : worse) {
    console.note("warning: " + worse_words(one));
    json["worse"].push_back({{"system", one.system},
                             {"view", one.view},
                             {"attribute", one.attribute},
                             {"probe", one.probe},
                             {"figure", one.figure},
                             {"before", one.before},
                             {"after", one.after},
                             {"within_chance", one.within_chance}});
  }
  console.show_json(json);
  if (!run::anything_read(erasing)) {
    console.error(
        "no probe could be measured, so whether anything was erased is not known; the table has "
        "the reasons");
    return ExitCode::kNothingMeasured;
  }
  const auto shown = std::ranges::find(worse, false, &run::WorseReading::within_chance);
  if (shown == worse.end() || !options.fail_if_worse) return ExitCode::kPass;
  console.error(fmt::format("--fail-if-worse: {}", worse_words(*shown)));
  return ExitCode::kRegression;
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
  line.add_text({.name = "--out",
                 .help = "Folder for the erased embeddings, a folder in it for each system and "
                         "view: entities, relations and names as they were read (required)",
                 .type = "DIR",
                 .required = true},
                options->out);
  line.add_flag({.name = "--fail-if-worse",
                 .help = "Exit with 1 where the strongest probe reads an attribute better after "
                         "erasing than before, beyond chance: by AUC where it has two values, else "
                         "by balanced accuracy (default: a warning says so)"},
                options->fail_if_worse);
  add_mirror_option(line, options->mirror);
  return [options](Session& session) { return erase(session, *options); };
}

}  // namespace

extern const CommandEntry erase;
constinit const CommandEntry erase = {
    .id = "erase",
    .summary = "Erase sensitive attributes from an embedding file trained elsewhere",
    .attach = &attach_erase,
    .when_stopped = "the folders that are there are whole",
};

}  // namespace kgaudit::cli::commands_roster
