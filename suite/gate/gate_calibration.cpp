#include "suite/gate/gate_calibration.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "metrics/stats/estimates.hpp"
#include "suite/base/error.hpp"
#include "suite/base/rng.hpp"

namespace kgaudit::run {
namespace {

constexpr std::uint64_t kLeastSeeds = 4;
constexpr double kWantedShare = 0.95;
/// Planting looks at this many of the comparisons; every planted change judges the whole gate
/// again.
constexpr std::size_t kPlantedDeals = 100;
/// Planted changes, in margins.
constexpr std::array kPlanted = {0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0};

/// Both sides of one comparison.
struct Deal {
  GateState baseline;
  GateState candidate;
};

std::vector<std::uint64_t> seeds_of(const GateState& state) {
  std::set<std::uint64_t> seeds;
  for (const auto& [key, value] : state.values) {
    for (const auto& [seed, number] : value.seeds) seeds.insert(seed);
  }
  return {seeds.begin(), seeds.end()};
}

GateState only(const GateState& state, std::span<const std::uint64_t> seeds) {
  GateState part = state;
  const std::set<std::uint64_t> kept(seeds.begin(), seeds.end());
  for (auto& [key, value] : part.values) {
    std::erase_if(value.seeds, [&](const auto& one) { return kept.count(one.first) == 0; });
  }
  return part;
}

std::vector<Deal> deals_of(const GateState& record, std::vector<std::uint64_t> seeds,
                           std::uint64_t comparisons, const Rng& rng) {
  std::vector<Deal> deals;
  const std::size_t half = seeds.size() / 2;
  for (std::uint64_t i = 0; i < comparisons; ++i) {
    Rng draw = rng.at(i);
    draw.shuffle(std::span<std::uint64_t>(seeds));
    const std::span<const std::uint64_t> dealt(seeds);
    deals.push_back({only(record, dealt.first(half)), only(record, dealt.subspan(half, half))});
  }
  return deals;
}

bool regressed(const GateResult& result, const GateKey& key) {
  for (const GateFinding& finding : result.findings) {
    if (finding.key == key && finding.question == GateFinding::Question::kChange) {
      return finding.verdict == GateVerdict::kRegression;
    }
  }
  return false;
}

/// Share of the deals in which a change of this size is caught.
double share_caught(const GateRules& rules, std::span<const Deal> deals, const GateKey& key,
                    double amount) {
  const GateFigure& figure = gate_figure(key.figure, "a rule");
  std::size_t caught = 0;
  for (const Deal& deal : deals) {
    GateState worse = deal.candidate;
    for (auto& [seed, value] : worse.values.at(key).seeds) value = worsened(figure, value, amount);
    if (regressed(check_gate(rules, deal.baseline, worse, false), key)) ++caught;
  }
  return static_cast<double>(caught) / static_cast<double>(deals.size());
}

}  // namespace

GateCalibration calibrate_gate(const GateRules& rules, const GateState& record,
                               std::uint64_t comparisons, std::uint64_t seed, Progress& progress) {
  const std::vector<std::uint64_t> seeds = seeds_of(record);
  if (seeds.size() < kLeastSeeds) {
    throw InputError::usage("the record", fmt::format("{} seeds", seeds.size()),
                            fmt::format("at least {} seeds", kLeastSeeds),
                            "kgaudit bench --seeds 12 makes two sides of 6");
  }
  GateCalibration calibration;
  calibration.comparisons = comparisons;
  calibration.seeds_a_side = seeds.size() / 2;
  const std::vector<Deal> deals =
      deals_of(record, seeds, comparisons, Rng(seed, "gate.calibration"));
  std::map<GateKey, GateCalibration::Line> lines;
  for (const Deal& deal : deals) {
    const GateResult result = check_gate(rules, deal.baseline, deal.candidate, false);
    if (result.verdict == GateVerdict::kRegression) ++calibration.false_alarms;
    if (result.verdict == GateVerdict::kInconclusive) ++calibration.inconclusive;
    for (const GateFinding& finding : result.findings) {
      if (finding.question != GateFinding::Question::kChange || !finding.margin) continue;
      GateCalibration::Line& line = lines[finding.key];
      line.key = finding.key;
      line.margin += *finding.margin / static_cast<double>(comparisons);
      if (finding.verdict != GateVerdict::kPass) ++line.undecided;
    }
  }
  calibration.false_alarm_rate = metrics::wilson_interval(
      static_cast<double>(calibration.false_alarms), comparisons, "comparisons");
  const auto planted = std::span<const Deal>(deals).first(std::min(deals.size(), kPlantedDeals));
  Stage stage(progress, "planting changes", lines.size());
  std::uint64_t done = 0;
  for (auto& [key, line] : lines) {
    for (const double margins : kPlanted) {
      if (progress.stop_requested()) throw Interrupted();
      if (share_caught(rules, planted, key, margins * line.margin) >= kWantedShare) {
        line.caught = margins * line.margin;
        break;
      }
    }
    stage.advance(++done);
    calibration.lines.push_back(line);
  }
  return calibration;
}

}  // namespace kgaudit::run
