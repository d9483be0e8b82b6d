#include "suite/cli/option_facts.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "datasets/planted/planted_people.hpp"
#include "models/debiasing/erasing/post_hoc.hpp"
#include "reports/tables/table_choice.hpp"
#include "suite/base/error.hpp"
#include "suite/base/roster.hpp"
#include "suite/cli/catalogue.hpp"
#include "suite/cli/command.hpp"
#include "suite/gate/gate_report.hpp"
#include "suite/plan/plan_parameters.hpp"

namespace kgaudit::cli {
namespace {

struct OptionFacts {
  std::string_view option;
  std::string_view command;  ///< the end of its path: "gate check"; "" = every command
  std::string_view group;
  /// Kinds of `kgaudit list` whose ids it takes, with blanks between them, or a list of `listed`.
  std::string_view takes = "";
};

// The first row that fits counts. A new option is a new line.
constexpr std::array kFacts = {
    OptionFacts{"--dataset", "", "Data", "datasets"},
    OptionFacts{"--triples", "", "Data"},
    OptionFacts{"--card", "", "Data"},
    OptionFacts{"--whitelist", "", "Data"},
    OptionFacts{"--mirror", "", "Data"},
    OptionFacts{"--people", "", "Data"},
    OptionFacts{"--name-column", "", "Data"},
    OptionFacts{"--bins", "", "Data"},
    OptionFacts{"--intersect", "", "Data"},
    OptionFacts{"--embeddings", "", "Data"},
    OptionFacts{"--entities", "", "Data"},
    OptionFacts{"--relations", "report", "Output"},
    OptionFacts{"--relations", "", "Data"},
    OptionFacts{"--only", "", "Data"},
    OptionFacts{"--rules", "", "Data"},
    OptionFacts{"--baseline", "", "Data"},
    OptionFacts{"--against", "", "Data"},
    OptionFacts{"--set", "datasets make", "Data", "planted-parameters"},

    OptionFacts{"--systems", "report", "Output"},
    OptionFacts{"--systems", "erase", "Systems", "post-hoc-systems"},
    OptionFacts{"--systems", "", "Systems", "systems"},
    OptionFacts{"--system", "", "Systems", "systems"},
    OptionFacts{"--reference", "", "Output", "systems"},
    OptionFacts{"--whatif", "", "Systems", "post-hoc-systems"},
    OptionFacts{"--view", "", "Systems"},
    OptionFacts{"--metrics", "", "Systems", "metrics row-measures"},
    OptionFacts{"--min-group", "", "Systems"},
    OptionFacts{"--proxies", "", "Systems"},
    OptionFacts{"--rows-only", "", "Systems"},
    OptionFacts{"--rerun", "", "Systems", "systems"},
    OptionFacts{"--no-rerun", "", "Systems"},
    OptionFacts{"--plant", "", "Systems"},
    OptionFacts{"--comparisons", "", "Systems"},

    OptionFacts{"--preset", "", "Training", "presets"},
    OptionFacts{"--seeds", "gate calibrate", "Data"},
    OptionFacts{"--baseline-seeds", "", "Data"},
    OptionFacts{"--seed", "gate calibrate", "Advanced"},
    OptionFacts{"--seed", "datasets split", "Advanced"},
    OptionFacts{"--seed", "datasets import", "Advanced"},
    OptionFacts{"--seeds", "", "Training"},
    OptionFacts{"--seed", "", "Training"},
    OptionFacts{"--epochs", "", "Training"},
    OptionFacts{"--dimension", "bench", "Training"},
    OptionFacts{"--dimension", "tune", "Training"},
    OptionFacts{"--threads", "", "Training"},

    OptionFacts{"--out", "", "Output"},
    OptionFacts{"--format", "report", "Output", "formats"},
    OptionFacts{"--format", "export", "Output", "output-formats"},
    OptionFacts{"--format", "", "Advanced", "embedding-formats"},
    OptionFacts{"--to", "", "Output", "output-formats"},
    OptionFacts{"--resume", "", "Output"},
    OptionFacts{"--keep-embeddings", "", "Output"},
    OptionFacts{"--without-vectors", "", "Output"},
    OptionFacts{"--compare", "", "Output"},
    OptionFacts{"--force", "", "Output"},
    OptionFacts{"--spread", "", "Output"},
    OptionFacts{"--professions", "", "Output"},
    OptionFacts{"--max-bytes", "", "Output"},
    OptionFacts{"--no-figures", "", "Output"},
    OptionFacts{"--write", "", "Output", "gate-outputs"},
    OptionFacts{"--reason", "", "Output"},
    OptionFacts{"--strict", "gate check", "Output"},
    OptionFacts{"--report-only", "", "Output"},
    OptionFacts{"--fail-if-worse", "", "Output"},

    OptionFacts{"--set", "", "Advanced", "plan-keys"},

    OptionFacts{"name", "datasets show", "", "datasets"},
    OptionFacts{"name", "datasets fetch", "", "datasets"},
    OptionFacts{"name", "datasets verify", "", "datasets"},
    OptionFacts{"kind", "list", "", "kinds"},
    OptionFacts{"id", "explain", "", "words"},
    OptionFacts{"id", "cite", "", "systems scores losses optimizers metrics row-measures datasets"},
    OptionFacts{"--columns", "report", "Output", "comparison-columns"},
    OptionFacts{"--brief", "", "Output"},
    OptionFacts{"--table", "", "Output"},
    OptionFacts{"--attributes", "report", "Output"},
    OptionFacts{"shell", "completion", "", ""},
    OptionFacts{"command", "man", "", "commands"},
};

/// The first row of an option, not looking at those before `from`.
const OptionFacts* facts_of(const CommandLine& line, const CommandLine::Declared& option,
                            std::size_t from = 0) {
  const std::string path = line.path();
  const auto rows = std::span(kFacts).subspan(from);
  const auto found = std::ranges::find_if(rows, [&](const OptionFacts& facts) {
    const bool here = facts.command.empty() || path.ends_with(" " + std::string(facts.command));
    const bool named =
        option.spellings.empty()
            ? facts.option == option.name
            : std::ranges::find(option.spellings, facts.option) != option.spellings.end();
    return here && named;
  });
  return found == rows.end() ? nullptr : &*found;
}

void strike_out(const CommandLine& line, std::vector<const OptionFacts*>& unused) {
  for (const CommandLine::Declared& option : line.options()) {
    const OptionFacts* row = facts_of(line, option);
    if (row == nullptr) continue;
    const auto place = static_cast<std::size_t>(row - kFacts.data());
    const OptionFacts* next = facts_of(line, option, place + 1);
    const bool says_the_same =
        next != nullptr && next->group == row->group && next->takes == row->takes;
    if (!says_the_same) std::erase(unused, row);
  }
  for (const CommandLine& below : line.commands()) strike_out(below, unused);
}

std::vector<std::string> plan_keys() {
  std::vector<std::string> keys = {"systems", "metrics", "seeds", "seed"};
  for (const run::PlanSection& section : run::all_plan_sections()) {
    for (const ParameterSpec& row : section.values.table()) {
      keys.push_back(fmt::format("{}.{}", section.path, row.name));
    }
  }
  return keys;
}

/// The ids of the kinds of `kgaudit list` that `kinds` names, or of all.
std::vector<std::string> catalogue_ids(std::string_view kinds) {
  std::vector<std::string> ids;
  const std::string padded = fmt::format(" {} ", kinds);
  for (const CatalogueFamily& family : catalogue()) {
    if (kinds != "words" && padded.find(" " + family.name + " ") == std::string::npos) continue;
    for (const CatalogueEntry& entry : family.entries) {
      // A shell would take a word with a blank for two.
      if (entry.id.find(' ') == std::string::npos) ids.push_back(entry.id);
    }
  }
  KGA_REQUIRE(!ids.empty(), "no list of words is called {}", kinds);
  return ids;
}

std::vector<std::string> listed(std::string_view list) {
  if (list == "plan-keys") return plan_keys();
  if (list == "post-hoc-systems") return ids_of(models::post_hoc_systems());
  if (list == "commands") return ids_of(commands());
  if (list == "gate-outputs") return ids_of(run::gate_outputs());
  if (list == "comparison-columns") {
    std::vector<std::string> names = {"paper", "full"};
    for (const std::string_view name : reports::comparison_columns()) names.emplace_back(name);
    return names;
  }
  std::vector<std::string> words;
  if (list == "planted-parameters") {
    for (const ParameterSpec& row : kgaudit::datasets::planted_people_parameters()) {
      words.push_back(row.name);
    }
  } else if (list == "kinds") {
    for (const CatalogueFamily& family : catalogue()) words.push_back(family.name);
  } else {
    words = catalogue_ids(list);
  }
  return words;
}

/// Types that name a file or folder.
Offered::Kind paths_of(std::string_view type) {
  for (const char* files : {"FILE", "PATH", "RUN", "RECORDS", "DIR|URL"}) {
    if (type == files) return Offered::Kind::kFiles;
  }
  return type == "DIR" || type == "OUT" ? Offered::Kind::kFolders : Offered::Kind::kNothing;
}

}  // namespace

std::vector<std::string> unused_option_facts(const CommandLine& root) {
  std::vector<const OptionFacts*> unused;
  for (const OptionFacts& facts : kFacts) unused.push_back(&facts);
  strike_out(root, unused);
  std::vector<std::string> words;
  for (const OptionFacts* facts : unused) {
    words.push_back(fmt::format("{} of '{}'", facts->option, facts->command));
  }
  return words;
}

std::string_view group_of(const CommandLine& line, const CommandLine::Declared& option) {
  const OptionFacts* facts = facts_of(line, option);
  return facts == nullptr || facts->group.empty() ? kOptionGroups.back() : facts->group;
}

Offered offered_for(const CommandLine& line, const CommandLine::Declared& option) {
  using Kind = Offered::Kind;
  if (option.type.empty()) return {};
  if (!option.choices.empty()) return {Kind::kWords, option.choices};
  const OptionFacts* facts = facts_of(line, option);
  if (facts == nullptr || facts->takes.empty()) return {paths_of(option.type), {}};
  const bool several = option.type == "IDS" || option.type == "FORMATS" || option.type == "LIST";
  return {several ? Kind::kWordsWithCommas : Kind::kWords, listed(facts->takes)};
}

}  // namespace kgaudit::cli
