#include "suite/cli/plan_options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/metric.hpp"
#include "models/training/system.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"
#include "suite/base/roster.hpp"
#include "suite/plan/plan_parameters.hpp"
#include "suite/plan/plan_resolution.hpp"
#include "suite/plan/plan_text.hpp"
#include "suite/plan/presets.hpp"

namespace kgaudit::cli {
namespace {

struct ShortFormRow {
  std::string_view option;
  std::string_view key;   ///< of the plan
  std::string_view type;  ///< what help shows after the option
};

// The whole list of short forms. A new one is a new line.
constexpr std::array kShortForms = {
    ShortFormRow{"--dataset", "dataset.id", "NAME"},
    ShortFormRow{"--triples", "dataset.triples", "DIR"},
    ShortFormRow{"--card", "dataset.card", "FILE"},
    ShortFormRow{"--whitelist", "dataset.whitelist", "FILE"},
    ShortFormRow{"--preset", "preset", "NAME"},
    ShortFormRow{"--systems", "systems", "IDS"},
    ShortFormRow{"--metrics", "metrics", "IDS"},
    ShortFormRow{"--seeds", "seeds", "N"},
    ShortFormRow{"--seed", "seed", "BASE"},
    ShortFormRow{"--epochs", "training.epochs", "N"},
    ShortFormRow{"--dimension", "training.dimension", "N"},
    ShortFormRow{"--threads", "run.threads", "N"},
    ShortFormRow{"--out", "run.out", "DIR"},
};

std::string preset_names() {
  std::vector<std::string_view> names;
  for (const run::Preset& preset : run::presets()) names.push_back(preset.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<std::string_view> default_systems() {
  std::vector<std::string_view> ids;
  for (const models::SystemEntry* entry : models::systems()) {
    if (entry->by_default) ids.push_back(entry->id);
  }
  return ids;
}

/// Help for the keys that stand in no parameter table.
std::string top_key_help(std::string_view key, std::string_view default_metrics) {
  const std::array<std::pair<std::string_view, std::string>, 5> texts = {{
      {"preset", fmt::format("Named parameter set to start from (one of: {}; default: the one "
                             "with the dataset's name, else default)",
                             preset_names())},
      {"systems",
       fmt::format("Systems to compare, separated by commas (any of: {}; default: {})",
                   fmt::join(ids_of(models::systems()), ", "), fmt::join(default_systems(), ", "))},
      {"metrics", fmt::format("Metrics to compute, separated by commas (any of: {}; default: {})",
                              fmt::join(ids_of(metrics::all_measures()), ", "), default_metrics)},
      {"seeds",
       "Number of seeds to train each system with, or a list of seeds such as 3,5,8 (in [1, 1000]; "
       "default: the preset's, else 3)"},
      {"seed", "First seed; the others count up from it (integer of at least 0; default: 0)"},
  }};
  const auto found =
      std::find_if(texts.begin(), texts.end(), [&](const auto& text) { return text.first == key; });
  KGA_REQUIRE(found != texts.end(), "no help for the plan key {}", key);
  return found->second;
}

std::string parameter_help(const ParameterSpec& row, std::string_view path) {
  const std::string value = value_text(row.default_value);
  return fmt::format("{} ({}{}; default: {}{})", row.meaning, row.range_text(),
                     row.unit.empty() ? "" : ", " + row.unit, value.empty() ? "none" : value,
                     path == "training" ? ", or the preset's" : "");
}

std::string help_for(std::string_view key, std::string_view default_metrics) {
  const auto dot = key.rfind('.');
  if (dot == std::string_view::npos) return top_key_help(key, default_metrics);
  static const std::vector<run::PlanSection> sections = run::all_plan_sections();
  for (const run::PlanSection& section : sections) {
    if (section.path != key.substr(0, dot)) continue;
    for (const ParameterSpec& row : section.values.table()) {
      if (row.name == key.substr(dot + 1)) return parameter_help(row, section.path);
    }
  }
  KGA_REQUIRE(false, "a short form sets the unknown key {}", key);
}

run::Assignment assignment_from(const std::string& setting) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError::usage("--set", fmt::format("'{}'", printable(setting)), "KEY=VALUE",
                            "--set training.dimension=200");
  }
  const std::string key = setting.substr(0, equals);
  return {key, setting.substr(equals + 1), "--set " + printable(key)};
}

}  // namespace

PlanOptions::PlanOptions(CommandLine line, std::initializer_list<std::string_view> without,
                         std::string_view default_metrics) {
  line.add_text(
      {.name = "--plan",
       .help = "Plan file in TOML to start from; the options below override it (default: none)",
       .type = "FILE"},
      file_);
  short_forms_.reserve(kShortForms.size());  // the options keep pointers
  std::vector<Option> sources;
  for (const ShortFormRow& row : kShortForms) {
    if (std::find(without.begin(), without.end(), row.option) != without.end()) continue;
    short_forms_.push_back({std::string(row.option), std::string(row.key), ""});
    ShortForm& form = short_forms_.back();
    const Option option = line.add_text({.name = form.option,
                                         .help = help_for(row.key, default_metrics),
                                         .type = std::string(row.type)},
                                        form.value, Repeated::kLastWins);
    if (row.key.starts_with("dataset.") && row.key != "dataset.whitelist") {
      sources.push_back(option);
    }
  }
  for (std::size_t other = 1; other < sources.size(); ++other) {
    sources.front().excludes(sources[other]);  // a name excludes a path
  }
  line.add_words({.name = "--set",
                  .help = "Set any key of the plan, e.g. training.dimension=200 or "
                          "system.bose.gamma=10; may be repeated (default: none; `kgaudit bench "
                          "--dump-plan` lists every key with its unit and range)",
                  .type = "KEY=VALUE"},
                 settings_, Words::kOneEach);
}

void add_mirror_option(CommandLine line, std::string& mirror) {
  line.add_text({.name = "--mirror",
                 .help = "Folder or address to fetch datasets from, laid out by host and path "
                         "(default: $KGAUDIT_MIRROR, else the public addresses)",
                 .type = "DIR|URL"},
                mirror);
}

bool PlanOptions::names_graph() const {
  const auto of_graph = [](std::string_view key) { return key.starts_with("dataset."); };
  return !file_.empty() || std::ranges::any_of(settings_, of_graph) ||
         std::ranges::any_of(short_forms_, [&](const ShortForm& form) {
           return of_graph(form.key) && !form.value.empty();
         });
}

bool PlanOptions::names_other_graph(const run::Plan& base) const {
  const auto other = [&](std::string_view key, std::string_view value) {
    if (!key.starts_with("dataset.") || value.empty()) return false;
    return key != "dataset.id" || value != base.dataset().text("id");
  };
  return std::ranges::any_of(short_forms_, [&](const ShortForm& form) {
    return form.key != "dataset.whitelist" && other(form.key, form.value);
  });
}

run::Plan PlanOptions::resolve_over(run::Plan base, std::span<const run::Assignment> last) const {
  constexpr const char* kPlace = "plan of the run";
  run::PlanSources all = sources(last);
  if (all.file_text) return run::resolve_plan(all);
  const bool other = names_other_graph(base);
  // The plan may come with somebody's files: where results go is said here alone.
  std::erase_if(base.sections, [](const run::PlanSection& section) {
    return section.path == run::kExecutionTable;
  });
  if (other) {
    std::erase_if(base.sections, [](const run::PlanSection& section) {
      return section.path.starts_with("dataset.");
    });
  }
  for (run::PlanSection& section : base.sections) {
    // A test between systems needs the others.
    if (section.path == "statistics") section.values.set("reference", std::string_view(), kPlace);
    if (section.path != "dataset" || !other) continue;
    for (const char* key : {"triples", "card"}) section.values.set(key, std::string_view(), kPlace);
    section.values.set("id", section.values.table().front().default_value, kPlace);
  }
  all.file_text = run::print(base);
  all.file_name = kPlace;
  return run::resolve_plan(all);
}

run::Plan PlanOptions::resolve(std::span<const run::Assignment> last,
                               std::vector<std::string> metrics) const {
  run::PlanSources all = sources(last);
  all.metrics = std::move(metrics);
  return run::resolve_plan(all);
}

void PlanOptions::refuse_key_twice() const {
  for (const std::string& setting : settings_) {
    const run::Assignment set = assignment_from(setting);
    for (const ShortForm& form : short_forms_) {
      if (form.key != set.key || form.value.empty() || form.value == set.value) continue;
      throw InputError::usage(form.option,
                              fmt::format("{} beside --set {}={}", printable(form.value), set.key,
                                          printable(set.value)),
                              "one value of a key",
                              fmt::format("{} or --set, not both", form.option));
    }
  }
}

run::PlanSources PlanOptions::sources(std::span<const run::Assignment> last) const {
  refuse_key_twice();
  run::PlanSources sources;
  if (!file_.empty()) {
    sources.file_text = read_whole_file(file_, run::kLargestPlan,
                                        "a plan as `kgaudit bench --dump-plan` prints it");
    sources.file_name = file_;
  }
  for (const ShortForm& form : short_forms_) {
    if (!form.value.empty()) sources.assignments.push_back({form.key, form.value, form.option});
  }
  for (const std::string& setting : settings_) {
    sources.assignments.push_back(assignment_from(setting));
  }
  sources.assignments.insert(sources.assignments.end(), last.begin(), last.end());
  return sources;
}

}  // namespace kgaudit::cli
