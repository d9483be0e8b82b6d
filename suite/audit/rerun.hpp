#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/audit/check.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// What of a run is done again.
struct Rerun {
  std::string system;                 ///< empty = the one with the fewest seconds of training
  std::optional<std::uint64_t> seed;  ///< nothing = the run's first
};

/// The system and seed that are meant. Throws InputError: unreadable for a record without a
/// finished pair, usage for a system or seed that is not among them.
[[nodiscard]] Rerun chosen_rerun(const reports::RunRecord& record, const Rerun& asked);

/// "re-run of kl, seed 1"
[[nodiscard]] std::string name_of(const Rerun& chosen);

/// One system and seed of the plan trained and measured again, in a temporary folder: the hash of
/// the trained table, the facts and the raw files against those on record.
[[nodiscard]] std::vector<Check> check_rerun(const reports::RunRecord& record, const Plan& plan,
                                             const Rerun& chosen, const std::string& mirror,
                                             std::size_t threads, CheckedFacts& checked,
                                             Progress& progress);

/// How long its training took on record.
[[nodiscard]] double training_seconds(const reports::RunRecord& record, const Rerun& chosen);

}  // namespace kgaudit::run
