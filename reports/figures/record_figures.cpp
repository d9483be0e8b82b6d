#include "reports/figures/record_figures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/document/report_document.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/cells.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr std::size_t kLongestName = 44;
constexpr std::size_t kLongestTitle = 64;
constexpr double kPixelsPerCharacter = 8.6;

const char* const kSpreadWords =
    "Whiskers: ± sd over seeds, for a single seed the interval of the fact.";

// Rows go down from 0. Negated as a whole number: there is no -0 among these.
double row_place(std::size_t row) { return static_cast<double>(-static_cast<std::int64_t>(row)); }

struct Spanned {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

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

// |x| of a value with its whiskers.
Spanned magnitude(const Spanned& s) {
  const double a = std::abs(s.low);
  const double b = std::abs(s.high);
  const bool crosses = s.low < 0.0 && s.high > 0.0;
  return {std::abs(s.value), crosses ? 0.0 : std::min(a, b), std::max(a, b)};
}

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

std::size_t longest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) {
    width = std::max(width, std::min(display_width(name), kLongestName));
  }
  return width;
}

// Room on either side of a plot for names on the left and a key on the right.
struct Margins {
  std::size_t left = 0;
  std::size_t key = 0;

  [[nodiscard]] int pixels() const {
    return static_cast<int>(kPixelsPerCharacter * static_cast<double>(left + key));
  }
  [[nodiscard]] std::string text() const {
    std::string out;
    if (left > 0) out += fmt::format("set lmargin {}\n", left + 3);
    if (key > 0) out += fmt::format("set rmargin {}\n", key + 8);
    return out;
  }
};

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

// Blocks of a data file are told apart by two empty lines.
constexpr const char* kNextBlock = "\n\n";

// The distance of the marks of an axis: 1, 2 or 5 times a power of ten, at most six marks.
double tick_step(double span) {
  const double least = span / 6.0;
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10.0 * power;
}

// A figure of horizontal rows: names on the left, values to the right.
struct RowChart {
  std::string title;
  std::string x_axis;
  std::vector<std::pair<std::string, double>> ticks;
  std::vector<std::string> keys;
  int row_pixels = 26;
  bool zero_line = false;
  std::string more;  // settings
};

std::string row_chart(const std::string& name, const RowChart& chart, const std::string& plot) {
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
  const int height =
      std::max(120 + rows * chart.row_pixels, 170 + 20 * static_cast<int>(chart.keys.size()));
  const FigureSize size{420 + margins.pixels(), height};
  return figure_script(name, size, settings + chart.more, plot);
}

Figure finished(const std::string& name, Section section, std::string title, std::string caption) {
  Figure figure;
  figure.name = name;
  figure.section = section;
  figure.title = std::move(title);
  figure.caption = std::move(caption);
  return figure;
}

// The points that no other beats in both: rising MRR, rising bias.
std::vector<std::pair<double, double>> pareto_front(std::vector<std::pair<double, double>> points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<std::pair<double, double>> front;
  for (const auto& point : points) {
    if (front.empty() || point.second < front.back().second) front.push_back(point);
  }
  std::reverse(front.begin(), front.end());
  return front;
}

// Lines of (x, y) for gnuplot, one block a curve, and the plot's parts.
Figure curves_figure(const std::vector<Curve>& curves, const ChartText& text,
                     const std::string& name, Section section, bool whiskers) {
  Figure figure = finished(name, section, text.title, text.caption);
  figure.data = fmt::format("# {} | {} | low | high; one block a curve\n",
                            shortened(text.x_axis, 60), shortened(text.y_axis, 60));
  std::vector<std::string> parts;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (i != 0) figure.data += kNextBlock;
    figure.data += fmt::format("# {}\n", data_quoted(curves[i].name));
    for (const Curve::Point& p : curves[i].points) {
      figure.data += fmt::format("{} {} {} {}\n", number_text(p.x), number_text(p.y),
                                 number_text(p.low), number_text(p.high));
    }
    keys.push_back(curves[i].name);
    // Few markers on a long curve: they tell the curves apart, the line carries the values.
    const std::size_t every = std::max<std::size_t>(1, curves[i].points.size() / 10);
    parts.push_back(fmt::format(
        "data index {} using 1:2 with linespoints linetype {} pointinterval {} title {}", i, i + 1,
        every, key_title(curves[i].name)));
    if (whiskers) {
      // Error bars without a point would punch a white hole into the marker below them.
      parts.push_back(
          fmt::format("data index {} using 1:3:(0):($4 - $3) with vectors nohead linetype {} "
                      "dashtype 1 notitle",
                      i, i + 1));
    }
  }
  const Margins margins{0, longest(keys)};
  std::string settings = titles(text.title, text.x_axis, text.y_axis) + margins.text();
  if (text.log_x) settings += "set logscale x\n";
  // No room left of 0 where nothing can lie: an axis of |values| would begin at -1.
  const bool from_zero = !text.log_x && std::ranges::all_of(curves, [](const Curve& curve) {
    return std::ranges::all_of(curve.points, [](const auto& p) { return p.x >= 0.0; });
  });
  settings += fmt::format("set offsets {}, graph 0.02, graph 0.05, graph 0.05\n",
                          from_zero ? "0" : "graph 0.02");
  figure.script = figure_script(name, {560 + margins.pixels(), 400}, settings, plot_of(parts));
  return figure;
}

}  // namespace

std::optional<Figure> bias_against_quality(const RunRecord& record, const std::string& attribute,
                                           const std::string& name) {
  const Facets ranking = {
      {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}};
  const std::string& label = label_of(record, attribute);
  Figure figure = finished(
      name, Section::kComparison, fmt::format("Bias against quality, {}", label),
      fmt::format("|ΔS| of {} over the filtered MRR, one point a system of {}; down and to "
                  "the right is better. Dotted: Pareto front. {}",
                  label, record.run.dataset, kSpreadWords));
  figure.data = "# mrr mrr_low mrr_high abs_score_gap low high name; then the Pareto front\n";
  std::vector<std::string> parts;
  std::vector<std::string> keys = {"Pareto front"};
  std::vector<std::pair<double, double>> points;
  double left = std::numeric_limits<double>::infinity();
  double right = -left;
  for (const SystemView& row : system_views(record)) {
    const auto x = spanned(cell_of(record, row, "link_prediction.mrr", ranking));
    const auto signed_y =
        spanned(cell_of(record, row, "score_gap.micro", {{"attribute", attribute}}));
    if (!x || !signed_y) continue;
    const Spanned y = magnitude(*signed_y);
    keys.push_back(name_of(record, row));
    figure.data += fmt::format("{} {} {} {} {} {} {}\n", number_text(x->value), number_text(x->low),
                               number_text(x->high), number_text(y.value), number_text(y.low),
                               number_text(y.high), data_quoted(keys.back()));
    const std::size_t i = points.size();
    parts.push_back(
        fmt::format("data index 0 every ::{0}::{0} using 1:4:2:3:5:6 with xyerrorbars "
                    "linetype {1} dashtype 1 title {2}",
                    i, i + 1, key_title(keys.back())));
    points.emplace_back(x->value, y.value);
    left = std::min({left, x->value, x->low});
    right = std::max({right, x->value, x->high});
  }
  if (points.empty()) return std::nullopt;
  figure.data += kNextBlock;
  const auto front = pareto_front(points);
  for (const auto& [x, y] : front) {
    figure.data += fmt::format("{} {}\n", number_text(x), number_text(y));
  }
  parts.insert(parts.begin(),
               "data index 1 using 1:2 with fsteps linecolor rgb '#777777' dashtype 3 "
               "linewidth 1.5 title 'Pareto front'");
  const double span = std::max(right - left, 0.02);
  const Margins margins{0, longest(keys)};
  figure.script = figure_script(
      name, {580 + margins.pixels(), 400},
      titles(figure.title + ", " + record.run.dataset, "filtered MRR (right is better)",
             fmt::format("|ΔS| {}, score units (down is better)", label)) +
          margins.text() +
          fmt::format("set xrange [{}:{}]\nset xtics {:.3g}\nset yrange [0:*]\n"
                      "set offsets 0, 0, graph 0.08, 0\n",
                      number_text(left - 0.05 * span), number_text(right + 0.05 * span),
                      tick_step(1.1 * span)),
      plot_of(parts));
  return figure;
}

std::optional<Figure> seconds_figure(const RunRecord& record, const std::string& name) {
  Figure figure = finished(name, Section::kTime, "Seconds per epoch",
                           "Median seconds of a training epoch of every system. Whiskers: smallest "
                           "and largest seed, for a single seed the interval over epochs.");
  figure.data = "# row seconds low high name\n";
  RowChart chart;
  chart.title = figure.title + ", " + record.run.dataset;
  chart.x_axis = "seconds per epoch, median (left is better)";
  chart.more =
      "set xrange [0:*]\nset style fill pattern 1 border\nset offsets 0, graph 0.12, 0, 0\n";
  std::set<std::string> seen;
  double place = 0.0;
  for (const SystemView& row : system_views(record)) {
    if (!seen.insert(row.system).second) continue;
    const auto s = spanned(cell_of(record, row, "time.seconds_per_epoch", {},
                                   {Centre::kMedian, 1.0, Spread::kInterval}));
    if (!s) continue;
    const Cell cell = cell_of(record, row, "time.seconds_per_epoch", {},
                              {Centre::kMedian, 1.0, Spread::kInterval});
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
  figure.script = row_chart(
      name, chart,
      plot_of({"data using ($2 / 2):1:(0):2:($1 - 0.32):($1 + 0.32) with boxxyerror fill pattern 4 "
               "linecolor rgb '#0072B2' dashtype 1 notitle",
               "data using 2:1:3:4 with xerrorbars linecolor rgb '#000000' dashtype 1 pointtype 7 "
               "pointsize 0.5 "
               "notitle",
               "data using 4:1:(sprintf('%.3g s', $2)) with labels left offset 1,0 notitle"}));
  return figure;
}

std::optional<Figure> score_gap_figure(const RunRecord& record, const std::string& name) {
  Figure figure =
      finished(name, Section::kComparison, "Score gap of every attribute",
               fmt::format("ΔS in score units; 0 is unbiased, from either side. {}", kSpreadWords));
  figure.data = "# row score_gap low high; one block a system\n";
  RowChart chart;
  chart.title = figure.title + ", " + record.run.dataset;
  chart.x_axis = "score gap ΔS, score units (nearer to 0 is better)";
  chart.zero_line = true;
  const std::vector<std::string> attributes = attributes_of(record);
  const std::vector<SystemView> systems = system_views(record);
  std::set<std::string> shown_attributes;
  std::vector<std::string> parts;
  for (std::size_t s = 0; s < systems.size(); ++s) {
    std::string block;
    const double offset =
        (0.5 - (static_cast<double>(s) + 0.5) / static_cast<double>(systems.size())) * 0.8;
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      const auto gap =
          spanned(cell_of(record, systems[s], "score_gap.micro", {{"attribute", attributes[a]}}));
      if (!gap) continue;
      shown_attributes.insert(attributes[a]);
      block += fmt::format("{} {} {} {}\n", number_text(offset - static_cast<double>(a)),
                           number_text(gap->value), number_text(gap->low), number_text(gap->high));
    }
    if (block.empty()) continue;
    if (!parts.empty()) figure.data += kNextBlock;
    const std::string system = name_of(record, systems[s]);
    figure.data += fmt::format("# {}\n{}", data_quoted(system), block);
    parts.push_back(
        fmt::format("data index {} using 2:1:3:4 with xerrorbars linetype {} dashtype 1 title {}",
                    parts.size(), s + 1, key_title(system)));
    chart.keys.push_back(system);
  }
  if (parts.empty()) return std::nullopt;
  for (std::size_t a = 0; a < attributes.size(); ++a) {
    const std::string& label = label_of(record, attributes[a]);
    chart.ticks.emplace_back(shown_attributes.contains(attributes[a]) ? label : label + " (undef.)",
                             row_place(a));
  }
  chart.row_pixels = std::max(48, 14 * static_cast<int>(systems.size()));
  figure.script = row_chart(name, chart, plot_of(parts));
  return figure;
}

std::optional<Figure> score_distribution_figure(const RunRecord& record, const FactIndex& facts,
                                                const std::string& attribute, const std::string& of,
                                                const std::string& name) {
  constexpr const char* kMetric = "score_gap.score_quantile";
  std::vector<std::string> groups;  // true values of the persons, `of` first
  for (const Facets& facets : facts.facets_of(kMetric)) {
    if (facets.at("attribute") != attribute || facets.at("of") != of) continue;
    const std::string& given = facets.at("given");
    if (std::find(groups.begin(), groups.end(), given) == groups.end()) groups.push_back(given);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const auto& a, const auto& b) { return (a == of) > (b == of); });
  if (groups.empty()) return std::nullopt;
  const std::string& value = label_of(record, of);
  Figure figure = finished(
      name, Section::kGroups, fmt::format("Scores of {} {}", label_of(record, attribute), value),
      fmt::format(
          "How the score of the value {} spreads over the persons of each true value: where "
          "the boxes of a system part, the embedding tells the value. Boxes: quartiles and "
          "median; whiskers: 5 % and 95 % of persons; quantiles are means over seeds.",
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
        const Cell cell = facts.cell(
            systems[s], kMetric,
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
    chart.keys.push_back(title);
  }
  if (parts.empty()) return std::nullopt;
  for (const std::size_t s : drawn) {
    chart.ticks.emplace_back(name_of(record, systems[s]), row_place(s));
  }
  chart.row_pixels = 52;
  figure.script = row_chart(name, chart, plot_of(parts));
  return figure;
}

std::optional<Figure> training_figure(const RunRecord& record, const std::string& term,
                                      const std::string& name) {
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
    Curve curve{label_of(record, of.system), {}};
    for (const auto& [epoch, values] : of.values) {
      const double mean = summarise(values).centre;
      curve.points.push_back({static_cast<double>(epoch), mean, mean, mean});
    }
    curves.push_back(std::move(curve));
  }
  ChartText text;
  text.title =
      fmt::format("{}, {}", term.empty() ? "Training loss" : "Validation", record.run.dataset);
  text.caption = term.empty() ? "The loss that all systems share (likelihood), mean over seeds."
                              : fmt::format(
                                    "{} after the epochs that were validated, mean over "
                                    "seeds.",
                                    term);
  text.x_axis = "epoch";
  text.y_axis = term.empty() ? "mean loss per positive triple" : term;
  return curves_figure(curves, text, name, Section::kTime, false);
}

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
  std::vector<Profession> professions;
  std::string towards;
  for (const Facets& facets : facts.facets_of(kMetric)) {
    const auto profession = facets.find("profession");
    if (profession == facets.end() || facets.at("attribute") != attribute) continue;
    const auto value = spanned(facts.cell(systems.front(), kMetric, facets));
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
      fmt::format("The professions that lean most to either side in {0} (bars), with the other "
                  "systems as markers. Right leans to {1}. B over its sd across professions.",
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
      const auto value = spanned(facts.cell(systems[s], kMetric, *professions[i].facets));
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
    chart.keys.push_back(system);
    parts.push_back(
        s == 0 ? fmt::format(
                     "data index {} using ($2 / 2):1:(0 < $2 ? 0 : $2):(0 < $2 ? $2 : 0):($1 - "
                     "0.36):($1 + 0.36) with boxxyerror fill solid 0.25 border linecolor rgb "
                     "'#555555' dashtype 1 title {}",
                     index, key_title(system))
               : fmt::format("data index {} using 2:1 with points linetype {} title {}", index,
                             s + 1, key_title(system)));
  }
  figure.script = row_chart(name, chart, plot_of(parts));
  return figure;
}

std::optional<Figure> sweep_figure(const std::vector<Curve>& curves, const ChartText& text,
                                   const std::string& name) {
  std::vector<Curve> drawn;
  std::copy_if(curves.begin(), curves.end(), std::back_inserter(drawn),
               [](const Curve& curve) { return !curve.points.empty(); });
  if (drawn.empty()) return std::nullopt;
  return curves_figure(drawn, text, name, Section::kComparison, true);
}

std::optional<Figure> critical_difference_figure(std::vector<MeanRank> ranks,
                                                 double critical_difference,
                                                 const std::string& title,
                                                 const std::string& name) {
  if (ranks.size() < 2) return std::nullopt;
  std::stable_sort(ranks.begin(), ranks.end(),
                   [](const MeanRank& a, const MeanRank& b) { return a.rank < b.rank; });
  Figure figure = finished(
      name, Section::kComparison, title,
      fmt::format(
          "Mean rank of each system, 1 is best. A bar joins systems whose ranks differ by no "
          "more than the critical difference {:.3f}: between them no difference is shown.",
          critical_difference));
  figure.data = "# row rank name; then row from to of each bar\n";
  RowChart chart;
  chart.title = title;
  chart.x_axis =
      fmt::format("mean rank (left is better); critical difference {:.2f}", critical_difference);
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    figure.data += fmt::format("{} {} {}\n", number_text(row_place(i)), number_text(ranks[i].rank),
                               data_quoted(ranks[i].name));
    chart.ticks.emplace_back(ranks[i].name, row_place(i));
  }
  // The widest runs of systems within the critical difference of the run's best.
  std::string bars;
  std::size_t reached = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    std::size_t end = i;
    while (end + 1 < ranks.size() && ranks[end + 1].rank - ranks[i].rank <= critical_difference) {
      ++end;
    }
    if (end == i || (i != 0 && end <= reached)) continue;
    reached = end;
    bars += fmt::format("{} {} {}\n", number_text(0.4 - static_cast<double>(i)),
                        number_text(ranks[i].rank), number_text(ranks[end].rank));
  }
  std::vector<std::string> parts = {
      "data index 0 using 2:1 with points linetype 1 pointsize 1.2 notitle"};
  if (!bars.empty()) {
    figure.data += kNextBlock + bars;
    parts.emplace_back(
        "data index 1 using 2:1:($3 - $2):(0) with vectors nohead linecolor rgb "
        "'#D55E00' dashtype 1 linewidth 5 notitle");
  }
  chart.more =
      fmt::format("set xrange [0.8:{}]\n", number_text(static_cast<double>(ranks.size()) + 0.2));
  chart.row_pixels = 34;
  figure.script = row_chart(name, chart, plot_of(parts));
  return figure;
}

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
  if (system_views(record).empty()) return figures;
  const std::vector<std::string> attributes = attributes_of(record);
  keep(score_gap_figure(record, unique("score_gap")));
  for (const std::string& attribute : attributes) {
    keep(bias_against_quality(record, attribute, unique("bias_vs_mrr_" + slug(attribute))));
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const Facets& facets : facts.facets_of("score_gap.score_quantile")) {
    const std::string& attribute = facets.at("attribute");
    const std::string& of = facets.at("of");
    if (!seen.emplace(attribute, of).second) continue;
    keep(score_distribution_figure(
        record, facts, attribute, of,
        unique(fmt::format("scores_{}_{}", slug(attribute), slug(label_of(record, of))))));
  }
  for (const std::string& attribute : attributes) {
    keep(profession_figure(record, facts, attribute, options.professions,
                           unique("professions_figure_" + slug(attribute))));
  }
  keep(seconds_figure(record, unique("seconds_per_epoch")));
  keep(training_figure(record, "", unique("loss")));
  std::set<std::string> terms;
  for (const EpochLine& line : record.epochs) {
    for (const auto& [term, value] : line.terms) {
      if (term.starts_with("validation.")) terms.insert(term);
    }
  }
  for (const std::string& term : terms) {
    keep(training_figure(record, term, unique(slug(term))));
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
  FigureBlock block{figure.name, figure.title, figure.caption, kFolder, "", drawing.not_drawn};
  if (drawing.not_drawn.empty()) {
    std::ifstream in(place / (figure.name + ".svg"), std::ios::binary);
    block.svg.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return {record, figure.section, std::move(block)};
}

std::vector<PlacedFigure> draw_figures(Records records, const ReportOptions& options,
                                       const std::filesystem::path& folder,
                                       std::vector<std::filesystem::path>& files) {
  std::vector<PlacedFigure> placed;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string prefix = records.size() == 1 ? "" : fmt::format("run{}_", i + 1);
    for (const Figure& figure : record_figures(records[i], options, prefix)) {
      placed.push_back(place_figure(figure, i, folder, files));
    }
  }
  return placed;
}

}  // namespace kgaudit::reports
