#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "reports/record/sweep_record.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"

namespace kgaudit::run {

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

/// Runs every step as a run of its own, in directory/<system>-<number> from 01, with all seeds of
/// the plan, and puts its point into directory/sweep.jsonl as soon as it is known. A run whose
/// training diverges is a point without values. Loads the data before, for their hashes.
/// Throws InputError: usage if the directory holds a run or a sweep and `resume` is off; not
/// comparable if it holds a sweep of another plan, other data or other steps.
[[nodiscard]] reports::SweepRecord run_sweep(const Plan& plan, std::span<const SweepStep> steps,
                                             const JobOptions& options, Progress& progress);

[[nodiscard]] inline std::filesystem::path sweep_record_in(const std::filesystem::path& directory) {
  return directory / "sweep.jsonl";
}

}  // namespace kgaudit::run
