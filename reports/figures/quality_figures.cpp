#include "reports/figures/quality_figures.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "reports/figures/charts.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/release.hpp"
#include "reports/record/rows.hpp"
#include "reports/tables/cells.hpp"
#include "suite/base/pareto.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

// The points (MRR, bias) that no other beats in both, each once: rising MRR, rising bias.
std::vector<std::pair<double, double>> pareto_front(
    const std::vector<std::pair<double, double>>& points) {
  std::vector<Costs> costs;
  for (const auto& [mrr, bias] : points) costs.push_back({-mrr, bias});
  const std::vector<bool> optimal = pareto_optimal(costs);
  std::set<std::pair<double, double>> front;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (optimal[i]) front.insert(points[i]);
  }
  return {front.begin(), front.end()};
}

struct Axes {
  const char* what;
  FactName quality;
  FactName bias;
  const char* quality_name;
  const char* bias_name;
  const char* bias_axis;  ///< the same, short enough for an axis
};
constexpr const char* kRulerQuality = "filtered MRR without sensitive relations";
constexpr Axes kQuestionAxes = {
    "Bias",        kMrrWithoutSensitive,         kQuestionAuc,
    kRulerQuality, "|AUC - .5| of the question", "|AUC - .5| of answers"};
constexpr Axes kLeakageAxes = {"Leakage",
                               kMrrWithoutSensitive,
                               kStrongestAuc,
                               kRulerQuality,
                               "|AUC - .5| of the strongest probe on hidden persons",
                               "|AUC - .5| of the probe"};
/// For records from before these figures.
constexpr Axes kOlderAxes = {"Bias", kFilteredMrr, kGapMicro, "filtered MRR", "|ΔS|", "|ΔS|"};

std::optional<Figure> against_quality(const RunRecord& record, const FactIndex& facts,
                                      const std::string& attribute, const std::string& name,
                                      const Axes& axes) {
  const std::string& label = label_of(record, attribute);
  const double neutral = neutral_value(axes.bias.metric);
  Figure figure = finished(
      name, Section::kComparison, fmt::format("{} against quality, {}", axes.what, label),
      fmt::format("{} ({}, {}) over the {} on {}; each point is one system. Down and to the right "
                  "is better. Dotted: Pareto front. {}",
                  axes.what, axes.bias_name, label, axes.quality_name, record.run.dataset,
                  kSpreadWords));
  if (!systems_with_vectors(record).empty()) {
    const bool apart = std::ranges::any_of(
        facts.systems(), [&](const SystemView& row) { return mixes_releases(record, row); });
    figure.caption +=
        apart ? " [rows] is what a system with attribute vectors publishes without them, [whole] "
                "rows and vectors together."
              : " Of a system with attribute vectors the quality is with them and the bias of the "
                "rows alone.";
  }
  figure.data = "# mrr mrr_low mrr_high bias low high name; then the Pareto front\n";
  std::vector<std::string> parts;
  figure.keys = {{"Pareto front", "#777777", "┄"}};
  std::vector<std::pair<double, double>> points;
  double left = std::numeric_limits<double>::infinity();
  double right = -left;
  for (const SystemView& row : facts.systems()) {
    if (mixes_releases(record, row)) continue;
    const auto x = spanned(cell_of(facts, row, axes.quality));
    const auto signed_y = spanned(cell_of(facts, row, axes.bias, attribute));
    if (!x || !signed_y) continue;
    const Spanned y =
        magnitude({signed_y->value - neutral, signed_y->low - neutral, signed_y->high - neutral});
    const std::size_t series = series_of(facts, row);
    const std::string row_name = name_of(record, row);
    figure.keys.push_back(series_key(series, row_name));
    figure.data += fmt::format("{} {} {} {} {} {} {}\n", number_text(x->value), number_text(x->low),
                               number_text(x->high), number_text(y.value), number_text(y.low),
                               number_text(y.high), data_quoted(row_name));
    const std::size_t i = points.size();
    parts.push_back(
        fmt::format("data index 0 every ::{0}::{0} using 1:4:2:3:5:6 with xyerrorbars "
                    "linetype {1} dashtype 1 title {2}",
                    i, series, key_title(row_name)));
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
  const Margins margins{0, longest(figure.keys)};
  figure.script =
      figure_script(name, {580 + margins.pixels(), height_for_key(figure.keys.size(), 400)},
                    titles(figure.title + ", " + record.run.dataset,
                           fmt::format("{} (right is better)", axes.quality_name),
                           fmt::format("{} (down is better)", axes.bias_axis)) +
                        margins.text() +
                        fmt::format("set xrange [{}:{}]\nset xtics {:.3g}\nset yrange [0:*]\n"
                                    "set offsets 0, 0, graph 0.08, 0\n",
                                    number_text(left - 0.05 * span),
                                    number_text(right + 0.05 * span), tick_step(1.1 * span)),
                    plot_of(parts));
  return figure;
}

}  // namespace

std::optional<Figure> bias_against_quality(const RunRecord& record, const FactIndex& facts,
                                           const std::string& attribute, const std::string& name) {
  const bool asked = facts.first(kQuestionAuc, attribute) != nullptr;
  return against_quality(record, facts, attribute, name, asked ? kQuestionAxes : kOlderAxes);
}

std::optional<Figure> leakage_against_quality(const RunRecord& record, const FactIndex& facts,
                                              const std::string& attribute,
                                              const std::string& name) {
  return against_quality(record, facts, attribute, name, kLeakageAxes);
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
  finish(figure, std::move(chart), plot_of(parts));
  return figure;
}

}  // namespace kgaudit::reports
