#include "reports/figures/profession_figure.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "reports/figures/charts.hpp"
#include "reports/record/list_stability.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/cells.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

std::optional<Figure> profession_figure(const RunRecord& record, const FactIndex& facts,
                                        const std::string& attribute, std::size_t top,
                                        const std::string& name) {
  constexpr const char* kMetric = "profession_bias.standardised_shift";
  struct Profession {
    const Facets* facets;
    std::string label;
    double value;
  };
  const std::vector<SystemView>& systems = facts.systems();
  if (!list_stability(facts, systems.front(), attribute).holds()) return std::nullopt;
  std::vector<Profession> professions;
  std::string towards;
  for (const Facets& facets : facts.facets_of(kMetric)) {
    const auto profession = facets.find("profession");
    if (profession == facets.end() || facet_or(facets, "attribute") != attribute) continue;
    const auto value = spanned(cell_of(facts, systems.front(), kMetric, facets));
    if (!value) continue;
    if (const auto found = facets.find("towards"); found != facets.end()) towards = found->second;
    professions.push_back({&facets, label_of(record, profession->second), value->value});
  }
  if (professions.empty()) return std::nullopt;
  std::stable_sort(professions.begin(), professions.end(),
                   [](const auto& a, const auto& b) { return a.value > b.value; });
  if (professions.size() > 2 * top) {
    professions.erase(professions.begin() + static_cast<std::ptrdiff_t>(top),
                      professions.end() - static_cast<std::ptrdiff_t>(top));
  }
  const std::string first = name_of(record, systems.front());
  Figure figure = finished(
      name, Section::kProfessions,
      fmt::format("Professions by {} bias", label_of(record, attribute)),
      fmt::format(
          "The professions that lean most to either side in {0} (bars), with the other "
          "systems as markers. To the right: towards {1}. Unit: the sd of B across professions.",
          first, towards.empty() ? "the first value" : label_of(record, towards)));
  figure.data = "# row standardised_B low high profession; one block a system\n";
  RowChart chart;
  chart.title = figure.title + ", " + record.run.dataset;
  chart.x_axis = towards.empty() ? "B, sd over professions"
                                 : fmt::format("B, sd over professions (right leans to {})",
                                               shortened(label_of(record, towards), kLongestName));
  chart.zero_line = true;
  chart.row_pixels = 17;
  for (std::size_t i = 0; i < professions.size(); ++i) {
    chart.ticks.emplace_back(professions[i].label, row_place(i));
  }
  std::vector<std::string> parts;
  for (std::size_t s = 0; s < systems.size(); ++s) {
    std::string block;
    for (std::size_t i = 0; i < professions.size(); ++i) {
      const auto value = spanned(cell_of(facts, systems[s], kMetric, *professions[i].facets));
      if (!value) continue;
      block += fmt::format("{} {} {} {} {}\n", number_text(row_place(i)), number_text(value->value),
                           number_text(value->low), number_text(value->high),
                           data_quoted(professions[i].label));
    }
    if (block.empty()) continue;
    const std::size_t index = chart.keys.size();
    if (index != 0) figure.data += kNextBlock;
    const std::string system = name_of(record, systems[s]);
    figure.data += fmt::format("# {}\n{}", data_quoted(system), block);
    const std::size_t series = series_of(facts, systems[s]);
    chart.keys.push_back(s == 0 ? FigureKey{system, "#555555", "▮"} : series_key(series, system));
    parts.push_back(
        s == 0 ? fmt::format(
                     "data index {} using ($2 / 2):1:(0 < $2 ? 0 : $2):(0 < $2 ? $2 : 0):($1 - "
                     "0.36):($1 + 0.36) with boxxyerror fill solid 0.25 border linecolor rgb "
                     "'#555555' dashtype 1 title {}",
                     index, key_title(system))
               : fmt::format("data index {} using 2:1 with points linetype {} title {}", index,
                             series, key_title(system)));
  }
  finish(figure, std::move(chart), plot_of(parts));
  return figure;
}

}  // namespace kgaudit::reports
