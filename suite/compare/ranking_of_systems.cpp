#include "suite/compare/ranking_of_systems.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/document/report_document.hpp"
#include "reports/figures/quality_figures.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/cells.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

using reports::RunRecord;
using reports::SystemView;

constexpr std::size_t kFewestDatasets = 3;

std::vector<const RunRecord*> one_of_each_graph(std::span<const RunRecord> records) {
  std::vector<const RunRecord*> kept;
  std::set<std::string> graphs;
  for (const RunRecord& record : records) {
    if (graphs.insert(record.run.graph_hash).second) kept.push_back(&record);
  }
  return kept;
}

/// What all records have, in the order of the first.
template <typename Item, typename List>
std::vector<Item> common(const std::vector<const RunRecord*>& records, const List& list) {
  std::vector<Item> shared = list(*records.front());
  for (const RunRecord* record : records) {
    const std::vector<Item> here = list(*record);
    std::erase_if(shared, [&](const Item& item) {
      return std::find(here.begin(), here.end(), item) == here.end();
    });
  }
  return shared;
}

RankedSystems rank_by(const std::vector<const RunRecord*>& records,
                      const std::vector<SystemView>& rows, std::string measure,
                      const std::vector<reports::FactIndex>& facts, const reports::FactName& fact,
                      const std::string& attribute, double alpha) {
  RankedSystems ranked;
  ranked.measure = std::move(measure);
  for (const RunRecord* record : records) ranked.datasets.push_back(record->run.dataset);
  for (const SystemView& row : rows) ranked.systems.push_back(name_of(*records.front(), row));
  if (records.size() < kFewestDatasets) {
    ranked.ranks = Undefined{fmt::format("{} data set{}, at least {} are needed", records.size(),
                                         records.size() == 1 ? "" : "s", kFewestDatasets)};
    return ranked;
  }
  std::vector<std::vector<double>> scores;
  for (std::size_t r = 0; r < records.size(); ++r) {
    const RunRecord* record = records[r];
    auto& of_dataset = scores.emplace_back();
    for (const SystemView& row : rows) {
      const reports::Cell cell = reports::cell_of(facts[r], row, fact, attribute);
      const auto* number = std::get_if<reports::NumberCell>(&cell);
      if (number == nullptr) {
        ranked.ranks = Undefined{fmt::format("{} has no {} on {}", name_of(*record, row),
                                             ranked.measure, record->run.dataset)};
        return ranked;
      }
      // Larger is better for the ranks.
      const double value = number->summary.centre;
      const bool bias = fact.of_attribute;
      of_dataset.push_back(bias ? -std::abs(value - reports::neutral_value(fact.metric)) : value);
    }
  }
  const std::vector<std::span<const double>> spans(scores.begin(), scores.end());
  ranked.ranks = metrics::stats::compare_ranks(spans, alpha);
  return ranked;
}

}  // namespace

std::vector<RankedSystems> rank_systems(std::span<const RunRecord> records, double alpha) {
  if (records.empty()) return {};
  const std::vector<const RunRecord*> datasets = one_of_each_graph(records);
  auto rows = common<SystemView>(datasets, reports::system_views);
  // What a system publishes in two forms is still one system: ranks would count it again. Its rows
  // alone stand for it, in quality and in bias.
  // A filter at a time is a release for each attribute, not one system.
  std::erase_if(rows, [&](const SystemView& row) {
    return row.view == reports::kWhole || row.view == reports::kOneFilter ||
           std::ranges::any_of(datasets, [&](const RunRecord* record) {
             return reports::mixes_releases(*record, row);
           });
  });
  const auto attributes = common<std::string>(datasets, reports::attributes_of);
  std::vector<reports::FactIndex> facts;
  for (const RunRecord* record : datasets) facts.emplace_back(*record);
  std::vector<RankedSystems> all;
  all.push_back(rank_by(datasets, rows, "MRR without sensitive relations", facts,
                        reports::kMrrWithoutSensitive, "", alpha));
  for (const std::string& attribute : attributes) {
    all.push_back(rank_by(datasets, rows, fmt::format("question AUC {}, nearness to .5", attribute),
                          facts, reports::kQuestionAuc, attribute, alpha));
  }
  return all;
}

std::string in_words(const RankedSystems& ranked) {
  if (!ranked.ranks.defined()) {
    return fmt::format("No comparison across data sets by {}: {}.", ranked.measure,
                       ranked.ranks.reason());
  }
  const auto& ranks = *ranked.ranks;
  std::vector<std::string> means;
  for (const std::size_t s : ranks.order) {
    means.push_back(fmt::format("{} {:.2f}", ranked.systems[s], ranks.mean_ranks[s]));
  }
  std::string exact = ranks.iman_davenport.defined()
                          ? fmt::format(", Iman-Davenport p = {:.4f}", ranks.iman_davenport->p)
                          : "";
  return fmt::format(
      "Ranked by {} over {} data sets ({}): Friedman's chi-squared = {:.3f}, p = {:.4f}{}; mean "
      "ranks, 1 = best: {}; critical difference (Nemenyi, {}) {:.2f}.{}",
      ranked.measure, ranked.datasets.size(), fmt::join(ranked.datasets, ", "),
      ranks.friedman.statistic, ranks.friedman.p, exact, fmt::join(means, ", "),
      number_text(ranks.alpha), ranks.critical_difference,
      ranked.datasets.size() < 10 ? " Below some 10 data sets chi-squared is rough." : "");
}

std::optional<reports::Figure> critical_difference_of(const RankedSystems& ranked) {
  if (!ranked.ranks.defined()) return std::nullopt;
  std::vector<reports::MeanRank> ranks;
  for (std::size_t s = 0; s < ranked.systems.size(); ++s) {
    ranks.push_back({ranked.systems[s], ranked.ranks->mean_ranks[s]});
  }
  return reports::critical_difference_figure(
      std::move(ranks), ranked.ranks->critical_difference,
      fmt::format("Mean ranks by {}", ranked.measure),
      "critical_difference_" + reports::slug(ranked.measure));
}

}  // namespace kgaudit::run
