#include "reports/figures/time_figures.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "reports/figures/charts.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/cells.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

std::optional<Figure> seconds_figure(const RunRecord& record, const FactIndex& facts,
                                     const std::string& name) {
  Figure figure =
      finished(name, Section::kTime, "Seconds per epoch",
               "Median seconds of a training epoch of every system. Whiskers: smallest "
               "and largest seed; with one seed: its 95 % confidence interval over epochs.");
  figure.data = "# row seconds low high name\n";
  RowChart chart;
  chart.title = figure.title + ", " + record.run.dataset;
  chart.x_axis = "seconds per epoch, median (left is better)";
  chart.more =
      "set xrange [0:*]\nset style fill pattern 1 border\nset offsets 0, graph 0.12, 0, 0\n";
  std::set<std::string> seen;
  double place = 0.0;
  for (const SystemView& row : facts.systems()) {
    if (!seen.insert(row.system).second) continue;
    const Cell cell = cell_of(facts, row, kSecondsPerEpoch, "",
                              {.centre = Centre::kMedian, .spread = Spread::kInterval});
    const auto s = spanned(cell);
    if (!s) continue;
    const auto& interval = std::get<NumberCell>(cell).interval;
    const double low = interval ? interval->low : s->value;
    const double high = interval ? interval->high : s->value;
    const std::string& label = label_of(record, row.system);
    figure.data += fmt::format("{} {} {} {} {}\n", number_text(place), number_text(s->value),
                               number_text(low), number_text(high), data_quoted(label));
    chart.ticks.emplace_back(label, place);
    place -= 1.0;
  }
  if (chart.ticks.empty()) return std::nullopt;
  finish(
      figure, std::move(chart),
      plot_of({"data using ($2 / 2):1:(0):2:($1 - 0.32):($1 + 0.32) with boxxyerror fill pattern 4 "
               "linecolor rgb '#0072B2' dashtype 1 notitle",
               "data using 2:1:3:4 with xerrorbars linecolor rgb '#000000' dashtype 1 pointtype 7 "
               "pointsize 0.5 "
               "notitle",
               "data using 4:1:(sprintf('%.3g s', $2)) with labels left offset 1,0 notitle"}));
  return figure;
}

std::optional<Figure> training_figure(const RunRecord& record, const FactIndex& facts,
                                      const std::string& term, const std::string& name) {
  struct OfSystem {
    std::string system;
    std::map<std::uint64_t, std::vector<double>> values;  // by epoch
  };
  std::vector<OfSystem> all;
  for (const EpochLine& line : record.epochs) {
    std::optional<double> value = line.loss;
    if (!term.empty()) {
      const auto found = line.terms.find(term);
      value = found == line.terms.end() ? std::nullopt : std::optional(found->second);
    }
    if (!value) continue;
    auto of = std::find_if(all.begin(), all.end(),
                           [&](const OfSystem& s) { return s.system == line.system; });
    if (of == all.end()) of = all.insert(all.end(), {line.system, {}});
    of->values[line.epoch].push_back(*value);
  }
  if (all.empty()) return std::nullopt;
  std::vector<Curve> curves;
  for (const OfSystem& of : all) {
    Curve curve{label_of(record, of.system), {}, series_of(facts, {of.system, ""})};
    for (const auto& [epoch, values] : of.values) {
      const double mean = summarise(values).centre;
      curve.points.push_back({static_cast<double>(epoch), mean, mean, mean});
    }
    curves.push_back(std::move(curve));
  }
  ChartText text;
  text.title =
      fmt::format("{}, {}", term.empty() ? "Training loss" : "Validation", record.run.dataset);
  text.caption = term.empty()
                     ? "The loss that all systems share (likelihood), mean over seeds."
                     : fmt::format("{} after each validated epoch, mean over seeds.", term);
  text.x_axis = "epoch";
  text.y_axis = term.empty() ? "mean loss per positive triple" : term;
  return curves_figure(curves, text, name, Section::kTime, false);
}

}  // namespace kgaudit::reports
