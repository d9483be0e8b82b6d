#include "suite/cli/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "datasets/known_datasets.hpp"
#include "metrics/metric.hpp"
#include "models/scoring/score_function.hpp"
#include "models/training/loss.hpp"
#include "models/training/optimizer.hpp"
#include "models/training/system.hpp"
#include "reports/document/report_writer.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/plan/presets.hpp"

namespace kgaudit::cli {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts without_blanks(Facts facts) {
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

std::string text(std::string_view view) { return std::string(view); }

std::vector<ParameterSpec> rows(std::span<const ParameterSpec> table) {
  return {table.begin(), table.end()};
}

CatalogueFamily systems() {
  CatalogueFamily family{"systems", "system", {}};
  for (const models::SystemEntry* entry : models::systems()) {
    family.entries.push_back({text(entry->id), text(entry->title),
                              without_blanks({{"Formula", text(entry->formula)},
                                              {"Source", text(entry->source)},
                                              {"Pitfalls", text(entry->pitfalls)}}),
                              rows(entry->parameters()), "system." + text(entry->id)});
  }
  return family;
}

/// A family whose entries have no parameters of their own; a key of the plan names one of them.
template <typename Roster>
CatalogueFamily chosen_by(std::string name, std::string singular, std::string_view key,
                          const Roster& roster) {
  CatalogueFamily family{std::move(name), std::move(singular), {}};
  for (const auto* entry : roster) {
    family.entries.push_back(
        {text(entry->id),
         text(entry->title),
         without_blanks({{"Formula", text(entry->formula)},
                         {"Source", text(entry->source)},
                         {"Pitfalls", text(entry->pitfalls)},
                         {"Choose with", fmt::format("--set {}={}", key, entry->id)}}),
         {},
         ""});
  }
  return family;
}

CatalogueFamily metrics() {
  CatalogueFamily family{"metrics", "metric", {}};
  for (const kgaudit::metrics::MetricEntry* entry : kgaudit::metrics::metrics()) {
    family.entries.push_back({text(entry->id), text(entry->title),
                              without_blanks({{"Formula", text(entry->formula)},
                                              {"Range", text(entry->range)},
                                              {"Neutral", text(entry->neutral)},
                                              {"Direction", text(entry->direction)},
                                              {"Source", text(entry->source)},
                                              {"Pitfalls", text(entry->pitfalls)}}),
                              rows(entry->parameters()), "metric." + text(entry->id)});
  }
  return family;
}

CatalogueFamily formats() {
  CatalogueFamily family{"formats", "format", {}};
  for (const reports::ReportWriter* entry : reports::report_writers()) {
    family.entries.push_back(
        {text(entry->id),
         text(entry->title),
         without_blanks({{"Holds", text(entry->description)}, {"File", text(entry->file_name)}}),
         {},
         ""});
  }
  return family;
}

Facts dataset_facts(const kgaudit::datasets::DatasetSummary& known) {
  const auto& counts = known.counts;
  return without_blanks(
      {{"About", known.description},
       {"Size", counts
                    ? fmt::format("{} entities, {} relations, {} / {} / {} triples",
                                  with_thousands(counts->entities),
                                  with_thousands(counts->relations), with_thousands(counts->train),
                                  with_thousands(counts->valid), with_thousands(counts->test))
                    : ""},
       {"Attributes", fmt::format("{}", fmt::join(known.sensitive, ", "))},
       {"Download", known.download_bytes > 0 ? bytes_text(known.download_bytes) : ""},
       {"Licence", known.licence}});
}

CatalogueFamily datasets() {
  CatalogueFamily family{"datasets", "dataset", {}};
  for (const kgaudit::datasets::DatasetSummary& known : kgaudit::datasets::list_datasets()) {
    family.entries.push_back({known.id, known.title, dataset_facts(known),
                              rows(run::dataset_options(known.id)), "dataset." + known.id});
  }
  return family;
}

CatalogueFamily presets() {
  CatalogueFamily family{"presets", "preset", {}};
  for (const run::Preset& preset : run::presets()) {
    family.entries.push_back({text(preset.name),
                              run::preset_description(preset),
                              {{"Sets", text(preset.text)}},
                              {},
                              ""});
  }
  return family;
}

}  // namespace

std::vector<CatalogueFamily> catalogue() {
  return {systems(),
          chosen_by("scores", "score", "training.score", models::scores()),
          chosen_by("losses", "loss", "training.loss", models::losses()),
          chosen_by("optimizers", "optimizer", "training.optimizer", models::optimizers()),
          metrics(),
          formats(),
          datasets(),
          presets()};
}

}  // namespace kgaudit::cli
