#include "reports/figures/charts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::size_t kLongestTitle = 64;
constexpr double kPixelsPerCharacter = 8.6;
/// Of one name in a key, and of what stands above and below the plot.
constexpr int kPixelsPerKey = 24;
constexpr int kPixelsAroundPlot = 130;

// "set ytics ('basic' 1, 'kl' 2)".
std::string named_ticks(const std::vector<std::pair<std::string, double>>& ticks) {
  std::vector<std::string> texts;
  for (const auto& [name, place] : ticks) {
    // gnuplot takes a mark's name for a number format.
    std::string label;
    for (const char c : shortened(name, kLongestName)) label += c == '%' ? "%%" : std::string(1, c);
    texts.push_back(fmt::format("{} {}", gnuplot_quoted(label), number_text(place)));
  }
  return fmt::format("set ytics ({}) scale 0\n", fmt::join(texts, ", "));
}

}  // namespace

double row_place(std::size_t row) {
  // Negated as a whole number: there is no -0 among these.
  return static_cast<double>(-static_cast<std::int64_t>(row));
}

std::optional<Spanned> spanned(const Cell& cell) {
  const auto* number = std::get_if<NumberCell>(&cell);
  if (number == nullptr) return std::nullopt;
  const double value = number->summary.centre;
  if (number->summary.sd) {
    return Spanned{value, value - *number->summary.sd, value + *number->summary.sd};
  }
  if (number->interval) return Spanned{value, number->interval->low, number->interval->high};
  return Spanned{value, value, value};
}

Spanned magnitude(const Spanned& s) {
  const double a = std::abs(s.low);
  const double b = std::abs(s.high);
  const bool crosses = s.low < 0.0 && s.high > 0.0;
  return {std::abs(s.value), crosses ? 0.0 : std::min(a, b), std::max(a, b)};
}

std::size_t longest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) {
    width = std::max(width, std::min(display_width(name), kLongestName));
  }
  return width;
}

std::size_t longest(const std::vector<FigureKey>& keys) {
  std::vector<std::string> names;
  for (const FigureKey& key : keys) names.push_back(key.name);
  return longest(names);
}

std::size_t series_of(const FactIndex& facts, const SystemView& row) {
  const std::vector<SystemView>& rows = facts.systems();
  auto found = std::ranges::find(rows, row);
  if (found == rows.end()) found = std::ranges::find(rows, row.system, &SystemView::system);
  return static_cast<std::size_t>(found - rows.begin()) + 1;
}

int height_for_key(std::size_t names, int least) {
  return std::max(least, kPixelsAroundPlot + kPixelsPerKey * static_cast<int>(names));
}

std::string Margins::text() const {
  std::string out;
  if (left > 0) out += fmt::format("set lmargin {}\n", left + 3);
  if (key > 0) out += fmt::format("set rmargin {}\n", key + 8);
  return out;
}

int Margins::pixels() const {
  return static_cast<int>(kPixelsPerCharacter * static_cast<double>(left + key));
}

std::string titles(const std::string& title, const std::string& x_axis, const std::string& y_axis) {
  // A label and no "set title": a title stands over the middle of the plot and is cut off on the
  // left when it is longer.
  std::string out =
      fmt::format("set label 1 {} at screen 0.02, screen 1 left offset 0, -1.3\nset tmargin 3\n",
                  gnuplot_quoted(shortened(title, kLongestTitle)));
  if (!x_axis.empty()) out += fmt::format("set xlabel {}\n", gnuplot_quoted(x_axis));
  if (!y_axis.empty()) out += fmt::format("set ylabel {}\n", gnuplot_quoted(y_axis));
  return out;
}

std::string key_title(const std::string& name) {
  return gnuplot_quoted(shortened(name, kLongestName));
}

std::string plot_of(const std::vector<std::string>& parts) {
  return fmt::format("plot {}", fmt::join(parts, ", \\\n     "));
}

double tick_step(double span) {
  const double least = span / 6.0;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10.0 * power;
}

void finish(Figure& figure, RowChart chart, const std::string& plot) {
  std::vector<std::string> names;
  double bottom = 0.0;
  double top = 0.0;
  for (const auto& [label, place] : chart.ticks) {
    names.push_back(label);
    bottom = std::min(bottom, place);
    top = std::max(top, place);
  }
  const Margins margins{longest(names), longest(chart.keys)};
  const auto rows = static_cast<int>(std::lround(top - bottom)) + 1;
  std::string settings =
      titles(chart.title, chart.x_axis, "") + named_ticks(chart.ticks) + margins.text() +
      "set grid noytics xtics\n" +
      fmt::format("set yrange [{}:{}]\n", number_text(bottom - 0.6), number_text(top + 0.6));
  if (chart.keys.empty()) settings += "unset key\n";
  if (chart.zero_line) {
    settings +=
        "set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb '#444444' "
        "linewidth 1 dashtype 3 back\n";
  }
  // Few rows still leave room for the key and the words on the axes.
  const FigureSize size{
      420 + margins.pixels(),
      height_for_key(chart.keys.size(), std::max(170, 120 + rows * chart.row_pixels))};
  figure.script = figure_script(figure.name, size, settings + chart.more, plot);
  figure.keys = std::move(chart.keys);
}

Figure finished(const std::string& name, Section section, std::string title, std::string caption) {
  Figure figure;
  figure.name = name;
  figure.section = section;
  figure.title = std::move(title);
  figure.caption = std::move(caption);
  return figure;
}

Figure curves_figure(const std::vector<Curve>& curves, const ChartText& text,
                     const std::string& name, Section section, bool whiskers) {
  Figure figure = finished(name, section, text.title, text.caption);
  figure.data = fmt::format("# {} | {} | low | high; one block a curve\n",
                            shortened(text.x_axis, 60), shortened(text.y_axis, 60));
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (i != 0) figure.data += kNextBlock;
    figure.data += fmt::format("# {}\n", data_quoted(curves[i].name));
    for (const Curve::Point& p : curves[i].points) {
      figure.data += fmt::format("{} {} {} {}\n", number_text(p.x), number_text(p.y),
                                 number_text(p.low), number_text(p.high));
    }
    const std::size_t series = curves[i].series == 0 ? i + 1 : curves[i].series;
    figure.keys.push_back(series_key(series, curves[i].name));
    // Few markers on a long curve: they tell the curves apart, the line carries the values.
    const std::size_t every = std::max<std::size_t>(1, curves[i].points.size() / 10);
    parts.push_back(fmt::format(
        "data index {} using 1:2 with linespoints linetype {} pointinterval {} title {}", i, series,
        every, key_title(curves[i].name)));
    if (whiskers) {
      // Error bars without a point would punch a white hole into the marker below them.
      parts.push_back(
          fmt::format("data index {} using 1:3:(0):($4 - $3) with vectors nohead linetype {} "
                      "dashtype 1 notitle",
                      i, series));
    }
  }
  const Margins margins{0, longest(figure.keys)};
  std::string settings = titles(text.title, text.x_axis, text.y_axis) + margins.text();
  if (text.log_x) settings += "set logscale x\n";
  // No room left of 0 where nothing can lie: an axis of |values| would begin at -1.
  const bool from_zero = !text.log_x && std::ranges::all_of(curves, [](const Curve& curve) {
    return std::ranges::all_of(curve.points, [](const auto& p) { return p.x >= 0.0; });
  });
  settings += fmt::format("set offsets {}, graph 0.02, graph 0.05, graph 0.05\n",
                          from_zero ? "0" : "graph 0.02");
  const FigureSize size{560 + margins.pixels(), height_for_key(figure.keys.size(), 400)};
  figure.script = figure_script(name, size, settings, plot_of(parts));
  return figure;
}

}  // namespace kgaudit::reports
