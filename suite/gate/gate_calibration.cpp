#include "suite/gate/gate_calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {
namespace {

constexpr std::uint64_t kLeastSeedsASide = 2;
constexpr double kWantedShare = 0.95;
/// Planted changes, in margins.
constexpr std::array kPlanted = {0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0};

/// The seeds of both sides of one comparison, and what came out of it without a planted change. The
/// record's figures are not copied: there may be thousands of deals.
struct Deal {
  std::vector<std::uint64_t> baseline;
  std::vector<std::uint64_t> candidate;
  std::vector<GateAnswer> answers;  ///< to every question that has a p value
};

std::vector<std::uint64_t> seeds_of(const GateState& state) {
  std::set<std::uint64_t> seeds;
  for (const auto& [key, value] : state.values) {
    for (const auto& [seed, number] : value.seeds) seeds.insert(seed);
  }
  return {seeds.begin(), seeds.end()};
}

GatedValue only(GatedValue value, std::span<const std::uint64_t> seeds) {
  std::erase_if(value.seeds, [&](const auto& one) {
    return std::ranges::find(seeds, one.first) == seeds.end();
  });
  return value;
}

GateState only(const GateState& state, std::span<const std::uint64_t> seeds) {
  GateState part = state;
  for (auto& [key, value] : part.values) value = only(std::move(value), seeds);
  return part;
}

std::vector<Deal> deals_of(std::vector<std::uint64_t> seeds, const GateCalibration& sides,
                           const Rng& rng) {
  std::vector<Deal> deals;
  for (std::uint64_t i = 0; i < sides.comparisons; ++i) {
    Rng draw = rng.at(i);
    draw.shuffle(std::span<std::uint64_t>(seeds));
    const auto first = seeds.begin() + static_cast<std::ptrdiff_t>(sides.baseline_seeds);
    const auto second = first + static_cast<std::ptrdiff_t>(sides.seeds_a_side);
    deals.push_back({{seeds.begin(), first}, {first, second}, {}});
  }
  return deals;
}

/// What the gate says of one question once its figure is worse by `amount`. The other questions are
/// as they were: a question's p value depends on its own figure alone.
GateFinding with_planted(const GateRules& rules, const GateState& record, const Deal& deal,
                         const GateKey& key, double amount) {
  const GateFigure& figure = gate_figure(key.figure, "a rule");
  const auto of_key = [&](std::span<const std::uint64_t> seeds) {
    GateState part;
    part.machine = record.machine;
    part.build = record.build;
    part.values[key] = only(record.values.at(key), seeds);
    return part;
  };
  const GateState before = of_key(deal.baseline);
  GateState worse = of_key(deal.candidate);
  for (auto& [seed, value] : worse.values.at(key).seeds) value = worsened(figure, value, amount);
  const GateResult result = check_gate(rules, before, worse, {.only = &key, .known = deal.answers});
  for (const GateFinding& finding : result.findings) {
    if (finding.question == GateFinding::Question::kChange) return finding;
  }
  throw BrokenInvariant("a planted change that no rule asks about");
}

/// In how many of the deals a change of this size is caught.
std::uint64_t times_caught(const GateRules& rules, const GateState& record,
                           std::span<const Deal> deals, const GateKey& key, double amount,
                           const Progress& progress) {
  std::uint64_t caught = 0;
  for (const Deal& deal : deals) {
    if (progress.stop_requested()) throw Interrupted();
    const GateVerdict verdict = with_planted(rules, record, deal, key, amount).verdict;
    if (verdict == GateVerdict::kRegression) ++caught;
  }
  return caught;
}

bool often_enough(std::uint64_t caught, std::size_t deals) {
  return static_cast<double>(caught) >= kWantedShare * static_cast<double>(deals);
}

/// How far from neutral the deal's baseline is, which shares are of.
double distance(const GateState& record, const Deal& deal, const GateKey& key) {
  const GateFigure& figure = gate_figure(key.figure, "a rule");
  const std::vector<double> bad = bad_values(figure, only(record.values.at(key), deal.baseline));
  return bad.empty() ? 0.0 : std::abs(metrics::mean(bad));
}

/// How much worse the figure of the candidates can get, mean over comparisons.
double room_of(const GateState& record, std::span<const Deal> deals, const GateKey& key) {
  const GateFigure& figure = gate_figure(key.figure, "a rule");
  double room = 0.0;
  for (const Deal& deal : deals) {
    const std::vector<double> bad = bad_values(figure, only(record.values.at(key), deal.candidate));
    if (!bad.empty()) room += figure.worst - metrics::mean(bad);
  }
  return room / static_cast<double>(deals.size());
}

/// Of a share of the comparisons. Deals that come again say nothing new, so there are at most as
/// many as there are different ones.
Interval interval_of(std::uint64_t hits, const GateCalibration& calibration) {
  const auto made = static_cast<double>(calibration.comparisons);
  const double counted = std::min(made, calibration.different_deals);
  return metrics::wilson_interval(static_cast<double>(hits) * counted / made,
                                  static_cast<std::uint64_t>(counted), "deals of the seeds");
}

GateCalibration::Planted planted_into(const GateRules& rules, const GateState& record,
                                      std::span<const Deal> deals, const GateKey& key,
                                      const PlantedChange& change,
                                      const GateCalibration& calibration,
                                      const Progress& progress) {
  GateCalibration::Planted planted;
  planted.key = key;
  planted.room = room_of(record, deals, key);
  const auto amount_in = [&](const Deal& deal) {
    return change.is_share ? change.amount * distance(record, deal, key) : change.amount;
  };
  const auto n = static_cast<double>(deals.size());
  for (const Deal& deal : deals) planted.amount += amount_in(deal) / n;
  if (planted.impossible()) return planted;
  for (const Deal& deal : deals) {
    if (progress.stop_requested()) throw Interrupted();
    const GateFinding finding = with_planted(rules, record, deal, key, amount_in(deal));
    planted.margin += finding.margin.value_or(0.0) / n;
    if (finding.verdict == GateVerdict::kRegression) ++planted.caught;
    if (finding.verdict == GateVerdict::kPass) ++planted.passed;
  }
  planted.caught_rate = interval_of(planted.caught, calibration);
  return planted;
}

/// By question: how far an unchanged figure may have become worse, in every comparison.
using UnchangedBounds = std::map<GateKey, std::vector<double>>;

/// The bound of each question that is reached equally rarely, so that together they hold in the
/// wanted share of comparisons. A question without a bound in some comparison has none.
std::map<GateKey, double> joint_bounds(UnchangedBounds bounds, std::size_t comparisons) {
  std::erase_if(bounds, [&](const auto& entry) { return entry.second.size() != comparisons; });
  UnchangedBounds sorted = bounds;
  for (auto& [key, values] : sorted) std::ranges::sort(values);
  const auto hold_together = [&](std::size_t rank) {
    std::size_t hold = 0;
    for (std::size_t i = 0; i < comparisons; ++i) {
      hold += std::ranges::all_of(bounds, [&](const auto& entry) {
        return entry.second[i] <= sorted.at(entry.first)[rank];
      });
    }
    return often_enough(hold, comparisons);
  };
  std::size_t low = 0;
  std::size_t high = comparisons - 1;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (hold_together(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  std::map<GateKey, double> joint;
  for (const auto& [key, values] : sorted) joint[key] = values[high];
  return joint;
}

/// n! / (baseline! candidate! rest!)
double ways_to_deal(const GateCalibration& of) {
  double ways = 1.0;
  double left = static_cast<double>(of.seeds);
  for (const std::uint64_t side : {of.baseline_seeds, of.seeds_a_side}) {
    for (std::uint64_t i = 1; i <= side; ++i) ways *= left-- / static_cast<double>(i);
  }
  return std::round(ways);
}

/// Seeds of baseline and candidate.
std::pair<std::size_t, std::size_t> sides_of(const std::vector<std::uint64_t>& seeds,
                                             const CalibrationOptions& options) {
  const std::size_t candidate =
      options.seeds_a_side.value_or(std::max<std::size_t>(seeds.size() / 2, kLeastSeedsASide));
  const std::size_t baseline = options.baseline_seeds.value_or(candidate);
  if (seeds.size() >= baseline + candidate) return {baseline, candidate};
  throw InputError::usage("the record", fmt::format("{} seeds", seeds.size()),
                          fmt::format("at least {} seeds", baseline + candidate),
                          "kgaudit bench --seeds 12 makes two sides of 6");
}

}  // namespace

PlantedChange parse_planted_change(std::string_view text, const std::string& place) {
  const auto refuse = [&] {
    throw InputError::usage(place, fmt::format("'{}'", printable(text)),
                            "FIGURE=AMOUNT or FIGURE/ATTRIBUTE=AMOUNT, the amount above 0",
                            "mrr_others=3% or score_gap/gender=20% or leakage_auc=0.02");
  };
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) refuse();
  const std::string_view name = text.substr(0, equals);
  std::string_view amount = text.substr(equals + 1);
  PlantedChange change;
  const auto slash = name.find('/');
  change.figure = std::string(name.substr(0, slash));
  const GateFigure& figure = gate_figure(change.figure, place);
  if (slash != std::string_view::npos) {
    change.attribute = std::string(name.substr(slash + 1));
    if (change.attribute.empty() || !figure.fact.of_attribute) refuse();
  }
  change.is_share = amount.ends_with('%');
  if (change.is_share) amount.remove_suffix(1);
  const auto value = parse_double(amount);
  if (!value || !(*value > 0.0) || !(*value <= kLargestBound)) refuse();
  change.amount = change.is_share ? *value / 100.0 : *value;
  return change;
}

GateRules with_measured_margins(GateRules rules, const GateCalibration& calibration) {
  for (GateRule& rule : rules.rules) {
    if (!rule.margin && !rule.margin_share) continue;
    double needed = 0.0;
    for (const GateCalibration::Line& line : calibration.lines) {
      if (rule.asks_about(line.key)) needed = std::max(needed, line.unchanged_within.value_or(0.0));
    }
    if (needed > rule.margin.value_or(0.0)) rule.margin = rounded_up_margin(needed);
  }
  return rules;
}

GateCalibration calibrate_gate(const GateRules& rules, const GateState& record,
                               const CalibrationOptions& options, Progress& progress) {
  const std::vector<std::uint64_t> seeds = seeds_of(record);
  GateCalibration calibration;
  calibration.comparisons = options.comparisons;
  calibration.seeds = seeds.size();
  std::tie(calibration.baseline_seeds, calibration.seeds_a_side) = sides_of(seeds, options);
  calibration.different_deals = ways_to_deal(calibration);
  std::vector<Deal> deals = deals_of(seeds, calibration, Rng(options.seed, "gate.calibration"));
  std::map<GateKey, GateCalibration::Line> lines;
  UnchangedBounds bounds;
  for (Deal& deal : deals) {
    if (progress.stop_requested()) throw Interrupted();
    const GateResult result = check_gate(rules, only(record, deal.baseline),
                                         only(record, deal.candidate), GateShortcuts{});
    if (result.verdict == GateVerdict::kRegression) ++calibration.false_alarms;
    if (result.verdict == GateVerdict::kInconclusive) ++calibration.inconclusive;
    for (const GateFinding& finding : result.findings) {
      if (finding.p) {
        deal.answers.push_back(
            {finding.key, finding.question, *finding.p, *finding.share_of_alpha});
      }
      if (finding.question != GateFinding::Question::kChange || !finding.margin) continue;
      // Of several rules with the same question the first one has the line.
      if (finding.asked_before > 0) continue;
      if (finding.margin_to_pass) bounds[finding.key].push_back(*finding.margin_to_pass);
      GateCalibration::Line& line = lines[finding.key];
      line.key = finding.key;
      line.margin += *finding.margin / static_cast<double>(options.comparisons);
      if (finding.verdict != GateVerdict::kPass) ++line.undecided;
    }
  }
  calibration.false_alarm_rate = interval_of(calibration.false_alarms, calibration);
  for (const auto& [key, bound] : joint_bounds(std::move(bounds), deals.size())) {
    lines.at(key).unchanged_within = bound;
  }
  for (const PlantedChange& change : options.planted) {
    bool asked = false;
    for (const auto& [key, line] : lines) {
      if (key.figure != change.figure) continue;
      if (!change.attribute.empty() && key.attribute != change.attribute) continue;
      asked = true;
      calibration.planted.push_back(
          planted_into(rules, record, deals, key, change, calibration, progress));
    }
    if (asked) continue;
    throw InputError::usage(
        "the planted change",
        change.attribute.empty() ? change.figure
                                 : fmt::format("{} of {}", change.figure, change.attribute),
        "a figure that a rule watches for changes and that the record has", "add a rule for it");
  }
  Stage stage(progress, "planting changes", lines.size());
  std::uint64_t done = 0;
  for (auto& [key, line] : lines) {
    if (!options.plant_changes) {
      calibration.lines.push_back(line);
      continue;
    }
    const double room = room_of(record, deals, key);
    line.not_caught = "no change of up to four margins was caught so often";
    for (const double margins : kPlanted) {
      if (progress.stop_requested()) throw Interrupted();
      const double amount = margins * line.margin;
      if (amount > room) {
        line.not_caught = "no change up to the worst value there is was caught so often";
        break;
      }
      if (!often_enough(times_caught(rules, record, deals, key, amount, progress), deals.size()))
        continue;
      line.caught = amount;
      break;
    }
    stage.advance(++done);
    calibration.lines.push_back(line);
  }
  return calibration;
}

}  // namespace kgaudit::run
