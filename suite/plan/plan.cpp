#include "suite/plan/plan.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "datasets/known_datasets.hpp"
#include "metrics/metric.hpp"
#include "models/training/system.hpp"
#include "models/training/training_parameters.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/dataset_source.hpp"

namespace kgaudit::run {
namespace {

/// The one table that may not change a number, and is therefore no part of the plan's identity.
constexpr std::string_view kExecution = "run";

const PlanSection* find_section(const Plan& plan, std::string_view path) {
  const auto found = std::find_if(plan.sections.begin(), plan.sections.end(),
                                  [&](const PlanSection& s) { return s.path == path; });
  return found == plan.sections.end() ? nullptr : &*found;
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_list(const std::vector<std::string>& words) {
  std::vector<std::string> items;
  for (const std::string& word : words) items.push_back(toml_text(word));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

/// "system.kl+attr" -> `system."kl+attr"`: TOML's bare keys know letters, digits, '_' and '-' only.
std::string toml_path(std::string_view path) {
  const auto dot = path.find('.');
  const std::string_view last = dot == std::string_view::npos ? path : path.substr(dot + 1);
  const bool bare = std::all_of(last.begin(), last.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  if (dot == std::string_view::npos || bare) return std::string(path);
  return fmt::format("{}.{}", path.substr(0, dot), toml_text(last));
}

std::string toml_value(const ParameterValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? toml_text(*text) : value_text(value);
}

void print_section(const PlanSection& section, std::string& out) {
  out += fmt::format("\n# {}\n[{}]\n", section.meaning, toml_path(section.path));
  for (const ParameterSpec& row : section.values.table()) {
    out += fmt::format("# {} ({}{})\n{} = {}\n", row.meaning, row.range_text(),
                       row.unit.empty() ? "" : "; " + row.unit, row.name,
                       toml_value(section.values.value(row.name)));
  }
}

std::string print_without(const Plan& plan, std::string_view left_out) {
  std::string out = fmt::format(
      "# A kgaudit plan: all that decides the numbers of a run. `kgaudit bench --plan FILE` runs "
      "it.\n\n"
      "# The parameter set this plan started from; every value below is already written out\n"
      "preset = {}\n"
      "# Debiasing systems to compare, in the order of the rows\n"
      "systems = {}\n"
      "# Each system is trained once with each seed; a single number n means 0 .. n - 1\n"
      "seeds = [{}]\n"
      "# What is measured of every trained system\n"
      "metrics = {}\n",
      toml_text(plan.preset), toml_list(plan.systems), fmt::join(plan.seeds, ", "),
      toml_list(plan.metrics));
  for (const PlanSection& section : plan.sections) {
    if (section.path != left_out) print_section(section, out);
  }
  return out;
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
      ParameterSpec::integer("validate_every", 0, 0, 100000, "epochs",
                             "Validate after every so many epochs and measure the best of them; 0 "
                             "= never: the last epoch is measured"),
      ParameterSpec::integer("patience", 3, 0, 100000, "validations",
                             "Stop a system after so many validations without a better filtered "
                             "MRR; 0 = train all epochs"),
      ParameterSpec::integer("validation_sample", 0, 0, 2147483647, "triples",
                             "Validate on so many triples drawn once from the validation set; 0 = "
                             "all of it"),
      ParameterSpec::choice("set", "test", {"test", "valid"},
                            "Triples that are ranked; with valid the test triples are left out of "
                            "everything, even of filtering"),
      ParameterSpec::choice("persons", "all", {"all", "selection", "others"},
                            "Persons whose bias is measured: all, the half that weights are "
                            "selected on (the same for every run), or the other half"),
      ParameterSpec::integer("test_sample", 0, 0, 2147483647, "triples",
                             "Rank only so many triples drawn once from the test set, the same for "
                             "every system and seed; 0 = all of it"),
  };
  return rows;
}

std::span<const ParameterSpec> timing_parameters() {
  static const std::array rows = {
      ParameterSpec::integer("warm_up_epochs", 1, 0, 1000, "epochs",
                             "First epochs of each system that are timed apart from the others"),
      ParameterSpec::flag("pin_threads", true, "Bind each worker thread to one processor"),
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
      ParameterSpec::real("alpha", 0.05, 0.0001, 0.5, "",
                          "Level of all tests; an adjusted p up to it is marked"),
      ParameterSpec::real("power", 0.8, 0.5, 0.999, "",
                          "Chance of finding a difference that the detectable difference and the "
                          "seeds needed are stated for; at least alpha"),
      ParameterSpec::integer("replicates", 10000, 100, 1000000, "replicates",
                             "Bootstrap replicates and random sign flips"),
      ParameterSpec::integer("seed", 0, 0, 2147483647, "", "Seed of what is resampled"),
      ParameterSpec::real("mrr_margin", 0.03, 0.0001, 1.0, "share of the reference's MRR",
                          "Loss of filtered MRR that still counts as not worse"),
      ParameterSpec::real("gap_margin", 0.1, 0.0001, 100.0, "sd of the candidates' scores",
                          "A standardised score gap this near to 0 counts as none"),
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
  for (const metrics::MetricEntry* entry : metrics::metrics()) {
    add(fmt::format("metric.{}", entry->id), std::string(entry->title), entry->parameters());
  }
  add("timing", "How epochs are timed", timing_parameters());
  add("statistics", "How systems are tested against one of them, declared before anything is seen",
      statistics_parameters());
  add(std::string(kExecution), "How the run is carried out; nothing here changes a number",
      execution_parameters());
  return all;
}

const Parameters& Plan::section(std::string_view path) const {
  const PlanSection* found = find_section(*this, path);
  KGA_REQUIRE(found != nullptr, "the plan has no section {}", path);
  return found->values;
}

const Parameters& Plan::system(std::string_view id) const {
  return section(fmt::format("system.{}", id));
}

const Parameters& Plan::metric(std::string_view id) const {
  return section(fmt::format("metric.{}", id));
}

const Parameters* Plan::dataset_options() const {
  const PlanSection* found = find_section(*this, "dataset." + dataset().text("id"));
  return found == nullptr ? nullptr : &found->values;
}

std::size_t worker_threads(const Plan& plan) {
  const std::size_t wanted = plan.execution().count("threads");
  return wanted == 0 ? available_processors() : wanted;
}

bool Plan::operator==(const Plan& other) const {
  const auto same_section = [](const PlanSection& a, const PlanSection& b) {
    return a.path == b.path && a.values.entries() == b.values.entries();
  };
  return preset == other.preset && systems == other.systems && seeds == other.seeds &&
         metrics == other.metrics &&
         std::equal(sections.begin(), sections.end(), other.sections.begin(), other.sections.end(),
                    same_section);
}

std::string print(const Plan& plan) { return print_without(plan, ""); }

std::string to_json(const Plan& plan) {
  nlohmann::ordered_json json = {{"preset", plan.preset},
                                 {"systems", plan.systems},
                                 {"seeds", plan.seeds},
                                 {"metrics", plan.metrics},
                                 {"tables", nlohmann::ordered_json::object()}};
  for (const PlanSection& section : plan.sections) {
    if (section.path == kExecution) continue;
    auto& table = json["tables"][section.path] = nlohmann::ordered_json::object();
    for (const auto& [name, value] : section.values.entries()) {
      std::visit([&, &key = name](const auto& v) { table[key] = v; }, value);
    }
  }
  return json.dump();
}

Digest plan_hash(const Plan& plan) { return sha256(print_without(plan, kExecution)); }

}  // namespace kgaudit::run
