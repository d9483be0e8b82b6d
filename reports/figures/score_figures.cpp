#include "reports/figures/score_figures.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "reports/figures/charts.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/cells.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

std::optional<Figure> score_gap_figure(const RunRecord& record, const FactIndex& facts,
                                       const std::string& name) {
  Figure figure =
      finished(name, Section::kComparison, "Score gap of every attribute",
               fmt::format("ΔS in score units; 0 is unbiased, from either side. {}", kSpreadWords));
  figure.data = "# row score_gap low high; one block a system\n";
  RowChart chart;
  chart.title = figure.title + ", " + record.run.dataset;
  chart.x_axis = "score gap ΔS, score units (nearer to 0 is better)";
  chart.zero_line = true;
  const std::vector<std::string> attributes = attributes_of(record);
  const std::vector<SystemView>& systems = facts.systems();
  std::set<std::string> shown_attributes;
  std::vector<std::string> parts;
  for (std::size_t s = 0; s < systems.size(); ++s) {
    std::string block;
    const double offset =
        (0.5 - (static_cast<double>(s) + 0.5) / static_cast<double>(systems.size())) * 0.8;
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      const auto gap = spanned(cell_of(facts, systems[s], kGapMicro, attributes[a]));
      if (!gap) continue;
      shown_attributes.insert(attributes[a]);
      block += fmt::format("{} {} {} {}\n", number_text(offset - static_cast<double>(a)),
                           number_text(gap->value), number_text(gap->low), number_text(gap->high));
    }
    if (block.empty()) continue;
    if (!parts.empty()) figure.data += kNextBlock;
    const std::string system = name_of(record, systems[s]);
    figure.data += fmt::format("# {}\n{}", data_quoted(system), block);
    const std::size_t series = series_of(facts, systems[s]);
    parts.push_back(
        fmt::format("data index {} using 2:1:3:4 with xerrorbars linetype {} dashtype 1 title {}",
                    parts.size(), series, key_title(system)));
    chart.keys.push_back(series_key(series, system));
  }
  if (parts.empty()) return std::nullopt;
  for (std::size_t a = 0; a < attributes.size(); ++a) {
    const std::string& label = label_of(record, attributes[a]);
    chart.ticks.emplace_back(shown_attributes.contains(attributes[a]) ? label : label + " (undef.)",
                             row_place(a));
  }
  chart.row_pixels = std::max(48, 14 * static_cast<int>(systems.size()));
  finish(figure, std::move(chart), plot_of(parts));
  return figure;
}

std::optional<Figure> score_distribution_figure(const RunRecord& record, const FactIndex& facts,
                                                const std::string& attribute, const std::string& of,
                                                const std::string& name) {
  constexpr const char* kMetric = "score_gap.score_quantile";
  std::vector<std::string> groups;  // true values of the persons, `of` first
  for (const Facets& facets : facts.facets_of(kMetric)) {
    if (facet_or(facets, "attribute") != attribute || facet_or(facets, "of") != of) continue;
    const std::string given = facet_or(facets, "given");
    if (given.empty()) continue;
    if (std::find(groups.begin(), groups.end(), given) == groups.end()) groups.push_back(given);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const auto& a, const auto& b) { return (a == of) > (b == of); });
  if (groups.empty()) return std::nullopt;
  const std::string& value = label_of(record, of);
  Figure figure = finished(
      name, Section::kGroups,
      fmt::format("Scores for the answer '{}' ({})", value, label_of(record, attribute)),
      fmt::format(
          "The score of the answer '{}' over the persons of each true value: where the boxes of a "
          "system lie apart, the embedding tells the values apart. Boxes: quartiles and median; "
          "whiskers: 5 % and 95 % of persons; quantiles are means over seeds.",
          value));
  figure.data = "# row q05 q25 q50 q75 q95; one block for each true value\n";
  RowChart chart;
  chart.title = figure.title + ", " + record.run.dataset;
  chart.x_axis = fmt::format("score g(person, {}, {})", label_of(record, attribute), value);
  chart.more = "set style fill pattern 1 border\n";
  const std::vector<SystemView>& systems = facts.systems();
  std::vector<std::string> parts;
  std::set<std::size_t> drawn;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::string block;
    for (std::size_t s = 0; s < systems.size(); ++s) {
      std::string line = number_text((g == 0 ? 0.2 : -0.2) - static_cast<double>(s));
      bool whole = true;
      for (const char* level : {"0.05", "0.25", "0.5", "0.75", "0.95"}) {
        const Cell cell = cell_of(
            facts, systems[s], kMetric,
            {{"attribute", attribute}, {"of", of}, {"given", groups[g]}, {"quantile", level}});
        const auto* number = std::get_if<NumberCell>(&cell);
        whole = whole && number != nullptr;
        if (whole) line += ' ' + number_text(number->summary.centre);
      }
      if (!whole) continue;
      drawn.insert(s);
      block += line + '\n';
    }
    if (block.empty()) continue;
    const std::size_t index = parts.size() / 3;
    if (index != 0) figure.data += kNextBlock;
    const std::string& given = label_of(record, groups[g]);
    figure.data += fmt::format("# S({}|{})\n{}", data_quoted(value), data_quoted(given), block);
    const char* fill = g == 0 ? "fill solid 0.75" : "fill pattern 4";
    const char* colour = g == 0 ? "#0072B2" : "#D55E00";
    const std::string title = fmt::format("S({}|{})", shortened(value, 20), shortened(given, 20));
    parts.push_back(
        fmt::format("data index {} using 4:1:2:6 with xerrorbars linecolor rgb '{}' "
                    "dashtype 1 pointtype -1 notitle",
                    index, colour));
    parts.push_back(
        fmt::format("data index {} using 4:1:3:5:($1 - 0.16):($1 + 0.16) with boxxyerror "
                    "{} linecolor rgb '{}' dashtype 1 title {}",
                    index, fill, colour, gnuplot_quoted(title)));
    parts.push_back(
        fmt::format("data index {} using 4:($1 - 0.16):(0):(0.32) with vectors nohead "
                    "linecolor rgb '#000000' dashtype 1 linewidth 2 notitle",
                    index));
    chart.keys.push_back({title, colour, "▮"});
  }
  if (parts.empty()) return std::nullopt;
  for (const std::size_t s : drawn) {
    chart.ticks.emplace_back(name_of(record, systems[s]), row_place(s));
  }
  chart.row_pixels = 52;
  finish(figure, std::move(chart), plot_of(parts));
  return figure;
}

}  // namespace kgaudit::reports
