#include "reports/figures/record_figures.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "reports/document/report_document.hpp"
#include "reports/figures/profession_figure.hpp"
#include "reports/figures/quality_figures.hpp"
#include "reports/figures/score_figures.hpp"
#include "reports/figures/time_figures.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/error.hpp"
#include "suite/base/files/byte_source.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::uint64_t kLargestDrawing = std::uint64_t{64} << 20;  // bytes

}  // namespace

std::vector<Figure> record_figures(const RunRecord& record, const ReportOptions& options,
                                   const std::string& prefix) {
  const FactIndex facts(record);
  std::vector<Figure> figures;
  std::set<std::string> names;
  const auto unique = [&](const std::string& wanted) {
    std::string name = prefix + wanted;
    for (int i = 2; names.contains(name); ++i) name = fmt::format("{}{}_{}", prefix, wanted, i);
    return name;
  };
  const auto keep = [&](std::optional<Figure> figure) {
    if (!figure) return;
    names.insert(figure->name);
    figures.push_back(std::move(*figure));
  };
  if (facts.systems().empty()) return figures;
  const std::vector<std::string> attributes = attributes_of(record);
  keep(score_gap_figure(record, facts, unique("score_gap")));
  for (const std::string& attribute : attributes) {
    keep(bias_against_quality(record, facts, attribute, unique("bias_vs_mrr_" + slug(attribute))));
    keep(leakage_against_quality(record, facts, attribute,
                                 unique("leakage_vs_mrr_" + slug(attribute))));
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const Facets& facets : facts.facets_of("score_gap.score_quantile")) {
    const std::string attribute = facet_or(facets, "attribute");
    const std::string of = facet_or(facets, "of");
    if (attribute.empty() || of.empty()) continue;  // a record of somebody else's
    if (!seen.emplace(attribute, of).second) continue;
    keep(score_distribution_figure(
        record, facts, attribute, of,
        unique(fmt::format("scores_{}_{}", slug(attribute), slug(label_of(record, of))))));
  }
  for (const std::string& attribute : attributes) {
    keep(profession_figure(record, facts, attribute, options.professions,
                           unique("professions_figure_" + slug(attribute))));
  }
  keep(seconds_figure(record, facts, unique("seconds_per_epoch")));
  keep(training_figure(record, facts, "", unique("loss")));
  std::set<std::string> terms;
  for (const EpochLine& line : record.epochs) {
    for (const auto& [term, value] : line.terms) {
      if (term.starts_with("validation.")) terms.insert(term);
    }
  }
  for (const std::string& term : terms) {
    keep(training_figure(record, facts, term, unique(slug(term))));
  }
  return figures;
}

PlacedFigure place_figure(const Figure& figure, std::size_t record,
                          const std::filesystem::path& folder,
                          std::vector<std::filesystem::path>& files) {
  constexpr const char* kFolder = "figures";
  const std::filesystem::path place = folder / kFolder;
  const Drawing drawing = draw(figure, place);
  for (const std::string& file : drawing.files) files.push_back(place / file);
  FigureBlock block{figure.name, figure.title,      figure.caption, kFolder,
                    "",          drawing.not_drawn, figure.keys};
  if (drawing.not_drawn.empty()) {
    block.svg = read_whole_file(place / (figure.name + ".svg"), kLargestDrawing, "a drawing");
  }
  return {record, figure.section, std::move(block)};
}

std::vector<PlacedFigure> draw_figures(Records records, const ReportOptions& options,
                                       const std::filesystem::path& folder,
                                       std::vector<std::filesystem::path>& files,
                                       Progress& progress) {
  std::vector<PlacedFigure> placed;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string prefix = records.size() == 1 ? "" : fmt::format("run{}_", i + 1);
    for (const Figure& figure : record_figures(records[i], options, prefix)) {
      if (progress.stop_requested()) throw Interrupted();
      placed.push_back(place_figure(figure, i, folder, files));
    }
  }
  return placed;
}

}  // namespace kgaudit::reports
