#include "suite/cli/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/known_datasets.hpp"
#include "datasets/triple_format.hpp"
#include "metrics/metric.hpp"
#include "metrics/probe.hpp"
#include "models/embedding/foreign/embedding_format.hpp"
#include "models/embedding/writing/output_format.hpp"
#include "models/scoring/score_function.hpp"
#include "models/training/loss.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"
#include "reports/document/report_writer.hpp"
#include "suite/base/text.hpp"
#include "suite/cli/finding_words.hpp"
#include "suite/cli/glossary.hpp"
#include "suite/gate/gate_figure.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/presets.hpp"

namespace kgaudit::cli {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

void add(Facts& facts, std::string label, std::string_view value) {
  if (!value.empty()) facts.emplace_back(std::move(label), value);
}

/// What a roster entry says about itself, in reading order. Families differ in what they say.
template <typename Entry>
Facts facts_of(const Entry& entry) {
  Facts facts;
  // What a value says comes before how it is computed.
  if constexpr (requires { entry.in_words; }) add(facts, "In words", entry.in_words);
  if constexpr (requires { entry.reading; }) add(facts, "How to read", entry.reading);
  if constexpr (requires { entry.direction; }) add(facts, "Direction", entry.direction);
  if constexpr (requires { entry.neutral; }) add(facts, "Neutral", entry.neutral);
  if constexpr (requires { entry.range; }) add(facts, "Range", entry.range);
  if constexpr (requires { entry.formula; }) add(facts, "Formula", entry.formula);
  if constexpr (requires { entry.description; }) add(facts, "Holds", entry.description);
  if constexpr (requires { metrics::in_words(entry.vectors); }) {
    add(facts, "Vectors", metrics::in_words(entry.vectors));
  }
  if constexpr (requires { entry.source; }) add(facts, "Source", entry.source);
  if constexpr (requires { entry.pitfalls; }) add(facts, "Pitfalls", entry.pitfalls);
  if constexpr (requires { entry.file_name; }) add(facts, "File", entry.file_name);
  return facts;
}

/// Where a family's entries stand in a plan; blank = nowhere.
struct PlanPlace {
  std::string_view table = "";  ///< "system": an entry's parameters are in [system.ID]
  std::string_view key = "";    ///< "training.score": the key whose value is an id
};

template <typename Roster>
CatalogueFamily family_of(std::string name, std::string singular, const Roster& roster,
                          PlanPlace place) {
  CatalogueFamily family{std::move(name), std::move(singular), {}};
  for (const auto* entry : roster) {
    CatalogueEntry shown;
    shown.id = entry->id;
    shown.title = entry->title;
    shown.facts = facts_of(*entry);
    if (!place.key.empty()) {
      add(shown.facts, "Choose with", fmt::format("--set {}={}", place.key, entry->id));
    }
    if constexpr (requires { entry->parameters(); }) {
      const auto rows = entry->parameters();
      shown.parameters.assign(rows.begin(), rows.end());
      shown.parameter_path = fmt::format("{}.{}", place.table, entry->id);
    }
    family.entries.push_back(std::move(shown));
  }
  return family;
}

Facts dataset_facts(const kgaudit::datasets::DatasetSummary& known) {
  Facts facts;
  add(facts, "About", known.description);
  if (const auto& counts = known.counts) {
    add(facts, "Size",
        fmt::format("{} entities, {} relations, {} / {} / {} triples",
                    with_thousands(counts->entities), with_thousands(counts->relations),
                    with_thousands(counts->train), with_thousands(counts->valid),
                    with_thousands(counts->test)));
  }
  add(facts, "Attributes", fmt::format("{}", fmt::join(known.sensitive, ", ")));
  if (known.download_bytes > 0) add(facts, "Download", bytes_text(known.download_bytes));
  add(facts, "Licence", known.licence);
  add(facts, "Citation", known.citation);
  return facts;
}

CatalogueFamily datasets() {
  CatalogueFamily family{"datasets", "dataset", {}};
  for (const kgaudit::datasets::DatasetSummary& known : kgaudit::datasets::list_datasets()) {
    const auto options = run::dataset_options(known.id);
    family.entries.push_back({.id = known.id,
                              .title = known.title,
                              .facts = dataset_facts(known),
                              .parameters = {options.begin(), options.end()},
                              .parameter_path = "dataset." + known.id});
  }
  return family;
}

CatalogueFamily presets() {
  CatalogueFamily family{"presets", "preset", {}};
  for (const run::Preset& preset : run::presets()) {
    family.entries.push_back({.id = std::string(preset.name),
                              .title = run::preset_description(preset),
                              .facts = {{"Sets", std::string(preset.text)}},
                              .parameters = {},
                              .parameter_path = ""});
  }
  return family;
}

CatalogueFamily gate_figures() {
  CatalogueFamily family{"figures", "figure", {}};
  for (const run::GateFigure& figure : run::gate_figures()) {
    family.entries.push_back({.id = std::string(figure.id),
                              .title = std::string(figure.words),
                              .facts = {{"Better", run::better_in_words(figure)},
                                        {"Fact", std::string(figure.fact.metric)},
                                        {"Named in", "a rule of the gate, in kgaudit.toml"}},
                              .parameters = {},
                              .parameter_path = ""});
  }
  return family;
}

}  // namespace

std::vector<CatalogueFamily> catalogue() {
  return {
      family_of("systems", "system", models::systems(), {.table = "system"}),
      family_of("scores", "score", models::scores(), {.key = "training.score"}),
      family_of("losses", "loss", models::losses(), {.key = "training.loss"}),
      family_of("optimizers", "optimizer", models::optimizers(), {.key = "training.optimizer"}),
      family_of("metrics", "metric", metrics::metrics(), {.table = "metric"}),
      family_of("row-measures", "row measure", metrics::row_measures(), {.table = "metric"}),
      family_of("probes", "probe", metrics::probes(), {}),
      family_of("formats", "format", reports::report_writers(), {}),
      family_of("triple-formats", "triple format", kgaudit::datasets::triple_formats(), {}),
      family_of("embedding-formats", "embedding format", models::embedding_formats(), {}),
      family_of("output-formats", "output format", models::output_formats(), {}),
      datasets(),
      presets(),
      glossary(),
      finding_family(),
      gate_figures(),
      exit_code_family(),
  };
}

}  // namespace kgaudit::cli
