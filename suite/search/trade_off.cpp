#include "suite/search/trade_off.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/training/system.hpp"
#include "reports/figures/quality_figures.hpp"
#include "reports/tables/short_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/pareto.hpp"
#include "suite/base/text.hpp"
#include "suite/plan/dataset_source.hpp"
#include "suite/search/headline.hpp"
#include "suite/search/part_run.hpp"
#include "suite/search/search.hpp"

namespace kgaudit::run {
namespace {

using reports::number_cell;
using reports::number_column;
using reports::text_column;

constexpr std::int64_t kPoints = 5;
constexpr std::int64_t kMostPoints = 1000;
constexpr const char* kSweepAdvice = "--sweep 7, or --sweep system.bose.gamma=1,10,100";

/// "system.kl+attr.class_weight=1,10" taken apart and checked against the plan.
struct NamedValues {
  std::string system;
  std::string parameter;
  std::vector<ParameterValue> values;
};

NamedValues named_values(const Plan& plan, const std::string& word) {
  const std::string place = fmt::format("--sweep {}", printable(word));
  const auto equals = word.find('=');
  std::string key = word.substr(0, equals);
  std::erase(key, '"');
  const auto dot = key.rfind('.');
  if (equals == std::string::npos || !key.starts_with("system.") || dot < 7) {
    throw InputError::usage(place, "neither a number of points nor system.ID.PARAMETER=VALUES",
                            fmt::format("a number in [2, {}], or values", kMostPoints),
                            kSweepAdvice);
  }
  NamedValues named{key.substr(7, dot - 7), key.substr(dot + 1), {}};
  if (std::find(plan.systems.begin(), plan.systems.end(), named.system) == plan.systems.end()) {
    const std::string guess = InputError::guess(named.system, plan.systems);
    throw InputError::usage(place,
                            fmt::format("the system '{}' does not run", printable(named.system)),
                            fmt::format("one of: {}", fmt::join(plan.systems, ", ")),
                            guess.empty() ? "name it with --systems too" : guess);
  }
  Parameters values = plan.system(named.system);
  const std::string list = word.substr(equals + 1);
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    values.set(named.parameter, std::string_view(list).substr(begin, end - begin), place);
    const ParameterValue& value = values.value(named.parameter);
    if (std::find(named.values.begin(), named.values.end(), value) != named.values.end()) {
      throw InputError::usage(place, fmt::format("{} is listed twice", value_text(value)),
                              "each value once");
    }
    named.values.push_back(value);
    begin = end + 1;
  }
  return named;
}

ParameterValue swept_value(const Parameters& defaults, const models::Tunable& row, double share) {
  const bool whole = std::holds_alternative<std::int64_t>(defaults.value(row.parameter));
  const double value =
      value_at({std::string(row.parameter), row.low, row.high, row.scale, whole}, share);
  if (whole) return static_cast<std::int64_t>(value);
  return value;
}

/// All swept weights of a system, from their low ends to their high ends.
std::vector<SweepStep> walk(const std::string& system, std::int64_t points) {
  const models::SystemEntry& entry = models::find_system(system);
  const Parameters defaults(entry.parameters());
  std::vector<SweepStep> steps;
  for (std::int64_t i = 0; i < points; ++i) {
    SweepStep step{system, {}};
    const double share = static_cast<double>(i) / static_cast<double>(points - 1);
    for (const models::Tunable& row : entry.tunable) {
      if (!row.swept) continue;
      step.values.emplace_back(std::string(row.parameter), swept_value(defaults, row, share));
    }
    // Whole numbers may repeat; a system without a weight has one point.
    const bool new_values = steps.empty() || steps.back().values != step.values;
    if (new_values) steps.push_back(std::move(step));
  }
  return steps;
}

void refuse_taken(const JobOptions& options) {
  if (options.resume || !std::filesystem::exists(options.directory)) return;
  if (std::filesystem::is_directory(options.directory) &&
      std::filesystem::is_empty(options.directory)) {
    return;
  }
  throw InputError::usage(options.directory.string(), "something is already there",
                          "a new or empty folder for a sweep",
                          "--resume to go on with the sweep of this folder, or another --out");
}

std::optional<reports::Figure> figure_of(std::span<const TradeOffPoint> points,
                                         std::optional<double> TradeOffPlace::*cost,
                                         const std::string& axis, const std::string& name) {
  std::vector<reports::Curve> curves;
  for (const TradeOffPoint& point : points) {
    if (!point.place.quality || !(point.place.*cost)) continue;
    if (curves.empty() || curves.back().name != point.step.system) {
      curves.push_back({point.step.system, {}});
    }
    const double quality = *point.place.quality;
    curves.back().points.push_back({*(point.place.*cost), quality, quality, quality});
  }
  for (reports::Curve& curve : curves) {
    std::sort(curve.points.begin(), curve.points.end(),
              [](const auto& a, const auto& b) { return a.x < b.x; });
  }
  return reports::sweep_figure(
      curves,
      {"Quality against bias over the weights",
       fmt::format("Filtered MRR without sensitive relations over {}, means over seeds; one point "
                   "a weight, joined in the order of the bias. Up and to the left is better.",
                   axis),
       axis, "MRR", false},
      name);
}

}  // namespace

std::vector<SweepStep> sweep_steps(const Plan& plan, std::span<const std::string> words) {
  std::vector<NamedValues> named;
  std::optional<std::int64_t> points;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    const auto number = parse_int(word);
    if (!number) {
      named.push_back(named_values(plan, word));
      continue;
    }
    if (points || *number < 2 || *number > kMostPoints) {
      throw InputError::usage(fmt::format("--sweep {}", word),
                              points ? "a second number of points" : "too few or too many points",
                              fmt::format("one number in [2, {}]", kMostPoints), kSweepAdvice);
    }
    points = number;
  }
  if (points && !named.empty()) {
    throw InputError::usage("--sweep", "a number of points beside values", "one of the two",
                            kSweepAdvice);
  }
  std::vector<SweepStep> steps;
  for (const std::string& system : plan.systems) {
    std::vector<SweepStep> own;
    if (named.empty()) own = walk(system, points.value_or(kPoints));
    for (const NamedValues& one : named) {
      if (one.system != system) continue;
      for (const ParameterValue& value : one.values) {
        own.push_back({system, {{one.parameter, value}}});
      }
    }
    if (own.empty()) own.push_back({system, {}});
    steps.insert(steps.end(), own.begin(), own.end());
  }
  return steps;
}

std::vector<TradeOffPoint> run_sweep(const Plan& plan, std::span<const SweepStep> steps,
                                     const JobOptions& options, Progress& progress) {
  refuse_taken(options);
  PartRuns runs(options, progress);
  std::vector<TradeOffPoint> points;
  std::map<std::string, std::size_t> number;
  const Stage stage(progress, "sweep", steps.size());
  for (const SweepStep& step : steps) {
    Plan part = part_of(plan, {step.system}, plan.metrics);
    for (const auto& [name, value] : step.values) {
      set_value(part, "system." + step.system, name, value);
    }
    const std::string folder = fmt::format("{}-{:02}", step.system, ++number[step.system]);
    const Headline headline =
        headline_of(runs.run(part, options.directory / folder, points.size(), folder), step.system);
    points.push_back(
        {folder, step, {headline.mrr, headline.mean_gap(), headline.mean_excess()}, false});
  }
  std::vector<Costs> costs;
  for (const TradeOffPoint& point : points) {
    std::optional<double> lack = point.place.quality;
    if (lack) *lack = -*lack;
    costs.push_back({lack, point.place.gap, point.place.leak});
  }
  const std::vector<bool> optimal = pareto_optimal(costs);
  for (std::size_t i = 0; i < points.size(); ++i) points[i].optimal = optimal[i];
  return points;
}

std::string values_text(const SweepStep& step) {
  std::vector<std::string> words;
  for (const auto& [name, value] : step.values) {
    words.push_back(fmt::format("{} {}", name, value_text(value)));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

reports::Table trade_off_table(std::span<const TradeOffPoint> points, const Plan& plan) {
  reports::Table table;
  table.title = "Quality against bias over the weights";
  table.caption = fmt::format("{}; seeds {}; epochs {}, dimension {}", graph_name(plan),
                              fmt::join(plan.seeds, ", "), plan.training().count("epochs"),
                              plan.training().count("dimension"));
  table.columns = {
      text_column("run", "run"),
      number_column("mrr", "MRR", 4, "", Direction::kHigher),
      number_column("gap", "mean |ΔS|", 3, "score", Direction::kLower),
      number_column("probe_excess", "MLP probe, points", 2, "points", Direction::kLower),
      text_column("pareto", "Pareto"),
      text_column("values", "weights"),
  };
  std::vector<std::string> best;
  for (const TradeOffPoint& point : points) {
    std::optional<double> leak = point.place.leak;
    if (leak) *leak *= 100.0;
    reports::Row row;
    row.cells = {reports::TextCell{point.run},
                 number_cell(point.place.quality, "no MRR"),
                 number_cell(point.place.gap, "no score gap of every attribute"),
                 number_cell(leak, "no MLP probe of every attribute"),
                 reports::TextCell{point.optimal ? "optimal" : ""},
                 reports::TextCell{values_text(point.step)}};
    table.rows.push_back(std::move(row));
    if (point.optimal) best.push_back(point.run);
  }
  reports::mark_best(table);
  table.notes.push_back(best.empty() ? "No point is Pareto-optimal: none has every criterion."
                                     : fmt::format("Pareto-optimal: {}.", fmt::join(best, ", ")));
  table.notes.emplace_back(
      "MRR: filtered, both sides, without the triples of sensitive relations. |ΔS|: mean over "
      "attributes, in each embedding's own score units. MLP probe: accuracy above the majority's, "
      "mean over attributes, cut at 0. All means over seeds; a system's first view speaks for it.");
  return table;
}

std::vector<reports::Figure> trade_off_figures(std::span<const TradeOffPoint> points) {
  std::vector<reports::Figure> figures;
  for (auto& figure :
       {figure_of(points, &TradeOffPlace::gap, "mean |ΔS| over attributes, score units",
                  "sweep_score_gap"),
        figure_of(points, &TradeOffPlace::leak, "MLP probe above the majority, share of persons",
                  "sweep_probe")}) {
    if (figure) figures.push_back(*figure);
  }
  return figures;
}

}  // namespace kgaudit::run
