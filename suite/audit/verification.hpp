#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/audit/check.hpp"
#include "suite/audit/rerun.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

struct VerifyOptions {
  std::optional<Rerun> rerun = Rerun{};  ///< nothing = train nothing again
  /// A training that took more seconds on record is not done again; nothing = none takes too long.
  std::optional<double> longest_training = {};
  std::string mirror;       ///< where to fetch data from, as for a run
  std::size_t threads = 0;  ///< 0 = one for each processor
};

/// The plan on record. Throws InputError (not comparable) if this version understands it otherwise:
/// the hash on record must come out.
[[nodiscard]] Plan plan_on_record(const reports::RunRecord& record);

/// Checks a record against data, files and a second computation, cheap checks first:
///   - data files and graph, read again, against their hashes
///   - raw files against their hashes
///   - MRR and Hits of the whole test set, made again from the raw ranks, against the facts
///   - accuracies of probes, made again from their raw answers
///   - all facts of metrics that look at ranks and data alone, made again from the raw ranks
///   - the tests between systems, made again
///   - one system and seed trained and measured again: table hash, facts, raw files
///   - how many facts that leaves unchecked, and of which metrics
/// Nothing is written but a temporary folder. Times and memory are never compared. Throws
/// InputError for a record that cannot be read, a system or seed that is not on it, and a raw file
/// outside the record's folder.
[[nodiscard]] std::vector<Check> verify_record(const std::filesystem::path& record_file,
                                               const VerifyOptions& options, Progress& progress);

}  // namespace kgaudit::run
