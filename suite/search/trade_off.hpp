#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/figures/figure.hpp"
#include "reports/tables/table.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"

namespace kgaudit::run {

/// Where a trained system stands between quality and bias.
struct TradeOffPlace {
  std::optional<double> quality;  ///< MRR without sensitive relations; higher is better
  std::optional<double> gap;      ///< mean |ΔS| over attributes, score units; lower is better
  std::optional<double> leak;     ///< mean MLP probe excess, cut at 0; lower is better
};

/// One run of a sweep: a system with these values in place of the plan's.
struct SweepStep {
  std::string system;
  std::vector<std::pair<std::string, ParameterValue>> values;  ///< empty = as the plan has it
};

/// The steps of `--sweep WORDS`, in the order of the plan's systems. No word, an empty one or a
/// number N: each system's swept weights (models::Tunable) walk together from their low to their
/// high ends in N (5) points; "system.ID.PARAMETER=A,B,...": these values, of this system alone.
/// Systems without a weight, or not named by any word of the second kind, give one step. Throws
/// InputError (usage), naming the nearest known word, and for a value that two words give.
[[nodiscard]] std::vector<SweepStep> sweep_steps(const Plan& plan,
                                                 std::span<const std::string> words);

/// A finished step.
struct TradeOffPoint {
  std::string run;  ///< "kl-02": its folder
  SweepStep step;
  TradeOffPlace place;
  bool optimal = false;
};

/// Runs every step as a run of its own, in directory/<system>-<number> from 01, with all seeds of
/// the plan, and says which are Pareto-optimal. Throws InputError (usage) if the directory holds a
/// run or a sweep and `resume` is off.
[[nodiscard]] std::vector<TradeOffPoint> run_sweep(const Plan& plan,
                                                   std::span<const SweepStep> steps,
                                                   const JobOptions& options, Progress& progress);

/// "gamma 10, keep 0.5"; "" for none.
[[nodiscard]] std::string values_text(const SweepStep& step);

/// One row a point, the optimal ones named in a note.
[[nodiscard]] reports::Table trade_off_table(std::span<const TradeOffPoint> points,
                                             const Plan& plan);
/// MRR over |ΔS| and over the probe's excess, a curve for each system; points without a value are
/// left out, and so is a figure without points.
[[nodiscard]] std::vector<reports::Figure> trade_off_figures(std::span<const TradeOffPoint> points);

}  // namespace kgaudit::run
