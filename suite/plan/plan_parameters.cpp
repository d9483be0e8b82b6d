#include "suite/plan/plan_parameters.hpp"

#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "datasets/known_datasets.hpp"
#include "metrics/metric.hpp"
#include "models/training/system.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/plan/dataset_source.hpp"

namespace kgaudit::run {
namespace {

std::span<const ParameterSpec> timing_parameters() {
  static const std::array rows = {
      ParameterSpec::integer("warm_up_epochs", 1, 0, 1000, "epochs",
                             "First epochs of each system that are timed apart from the others"),
      ParameterSpec::flag("pin_threads", true, "Bind each worker thread to one processor"),
  };
  return rows;
}

std::span<const ParameterSpec> execution_parameters() {
  static const std::array rows = {
      ParameterSpec::integer("threads", 0, 0, 1024, "threads",
                             "Worker threads; 0 = one for each processor this process may use"),
      ParameterSpec::text("out", "",
                          "Directory of the run; empty = kgaudit-runs/<dataset>-<plan hash>"),
      ParameterSpec::integer("checkpoint_every", 10, 0, 100000, "epochs",
                             "Write a checkpoint after every so many epochs; 0 = only when the run "
                             "is interrupted"),
  };
  return rows;
}

}  // namespace

std::span<const ParameterSpec> dataset_parameters() {
  static const std::array rows = {
      ParameterSpec::text("id", "planted-people",
                          "Dataset of the roster (`kgaudit list datasets`); empty with a card or "
                          "triples of your own"),
      ParameterSpec::text("triples", "",
                          "Folder with your own train, valid and test triples; empty = none"),
      ParameterSpec::text("card", "", "TOML card that describes your own graph; empty = none"),
      ParameterSpec::text("whitelist", "",
                          "TOML file of relations and professions that may legitimately depend on "
                          "an attribute; empty = the dataset's own"),
  };
  return rows;
}

std::span<const ParameterSpec> evaluation_parameters() {
  static const std::array rows = {
      ParameterSpec::integer(
          "validate_every", 0, 0, 100000, "epochs",
          "Validate after every so many epochs and measure the best of them, "
          "which the reference system decides for all; 0 = never: the last epoch "
          "is measured"),
      ParameterSpec::integer("patience", 3, 0, 100000, "validations",
                             "Stop all systems after so many validations without a better filtered "
                             "MRR of the reference system on triples of relations that are not "
                             "sensitive; 0 = train all epochs"),
      ParameterSpec::integer("validation_sample", 0, 0, 2147483647, "triples",
                             "Validate on so many triples drawn once from the validation set; 0 = "
                             "all of it"),
      ParameterSpec::choice("set", "test", {"test", "valid"},
                            "Triples that are ranked; with valid the test triples are left out of "
                            "everything, even of filtering"),
      ParameterSpec::choice("persons", "all", {"all", "selection", "others"},
                            "Persons whose bias is measured: all, the half that weights are "
                            "selected on (the same for every run), or the other half"),
      ParameterSpec::real(
          "hidden_share", 0.2, 0.0, 0.9, "share of persons",
          "Persons whose value of a sensitive attribute is hidden from training and "
          "debiasing, the same for every system and seed; leakage is asked of them; "
          "0 = nobody"),
      ParameterSpec::integer("test_sample", 0, 0, 2147483647, "triples",
                             "Rank only so many triples drawn once from the test set, the same for "
                             "every system and seed; 0 = all of it"),
  };
  return rows;
}

std::span<const ParameterSpec> statistics_parameters() {
  static const std::array rows = {
      ParameterSpec::text("reference", "",
                          "System that all others are compared with, or SYSTEM:VIEW such as "
                          "bose:a; empty = the first of the plan's systems"),
      ParameterSpec::choice("test", "paired-t", {"paired-t", "sign-flip", "bootstrap"},
                            "Test whose p-values the family corrects: paired t or exact sign flip "
                            "over seeds, or the paired bootstrap over test triples and persons, "
                            "which says nothing of another training run"),
      ParameterSpec::choice("family", "comparison", {"comparison", "all"},
                            "Hypotheses that Holm's correction takes together, one for each other "
                            "system: the measures of the comparison table, or all that are tested"),
      ParameterSpec::real("alpha", 0.05, 0.0001, 0.49, "",
                          "Level of all tests; an adjusted p up to it is marked"),
      ParameterSpec::real("power", 0.8, 0.5, 0.999, "",
                          "Chance of finding a difference that the detectable difference and the "
                          "seeds needed are stated for; at least alpha"),
      ParameterSpec::integer("replicates", 10000, 100, 1000000, "replicates",
                             "Bootstrap replicates and random sign flips"),
      ParameterSpec::integer("seed", 0, 0, 2147483647, "", "Seed of what is resampled"),
      ParameterSpec::real("mrr_margin", 0.03, 0.0001, 1.0, "share of the reference's MRR",
                          "Loss of filtered MRR that still counts as not worse"),
      ParameterSpec::real("gap_margin", 0.1, 0.0001, 100.0, "sd of one value's scores over persons",
                          "A standardised score gap this near to 0 counts as none"),
  };
  return rows;
}

std::vector<PlanSection> all_plan_sections() {
  std::vector<PlanSection> all;
  const auto add = [&all](std::string path, std::string meaning,
                          std::span<const ParameterSpec> table) {
    all.push_back({std::move(path), std::move(meaning), Parameters(table)});
  };
  add("dataset", "The graph", dataset_parameters());
  for (const datasets::DatasetSummary& known : datasets::list_datasets()) {
    const auto options = run::dataset_options(known.id);
    if (!options.empty()) add("dataset." + known.id, "Options of the dataset " + known.id, options);
  }
  add("training", "What all systems share", models::training_parameters());
  for (const models::SystemEntry* entry : models::systems()) {
    add(fmt::format("system.{}", entry->id), std::string(entry->title), entry->parameters());
  }
  add("evaluation", "Early stopping on the validation set, and what is ranked and measured",
      evaluation_parameters());
  for (const metrics::MetricEntry* entry : metrics::all_measures()) {
    add(fmt::format("metric.{}", entry->id), std::string(entry->title), entry->parameters());
  }
  add("timing", "How epochs are timed", timing_parameters());
  add("statistics", "How systems are tested against one of them, declared before anything is seen",
      statistics_parameters());
  add(std::string(kExecutionTable), "How the run is carried out; nothing here changes a number",
      execution_parameters());
  return all;
}

}  // namespace kgaudit::run
