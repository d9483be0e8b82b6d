#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.hpp"
#include "reports/record/run_record.hpp"

/// A training that diverges is a result of its system, not an error of the run.
///
/// A training has diverged when the likelihood of an epoch, or a number of its embedding, is not
/// finite. The run then goes on without it:
///   - The system is trained no further with this seed. Other systems and seeds are as if it were
///     not there.
///   - A finding "divergence" goes on record, with the system, the seed and the epoch.
///   - Every fact that the pair of system and seed would have had goes on record as
///     Undefined("diverged at epoch n"), times and memory included. They are the facts of the
///     untrained embedding without their values: the same metrics, facets, units and directions, so
///     that no table has a hole. They depend on no other system, so the pair can be verified alone.
///   - There is no table hash and no raw file. An earlier epoch that validated well is not used:
///   the
///     plan asked for the training that diverged.
///   - The pair is done: a resumed run does not train it again.
/// Ratios to a system that diverged are undefined for the same reason, and so are tests against it.
namespace kgaudit::run {

/// The reason in the facts of a pair that diverged: "diverged at epoch 3".
[[nodiscard]] std::string divergence_reason(std::uint64_t epoch);

/// What the record and the user are told of it, with advice.
[[nodiscard]] reports::FindingLine divergence_finding(std::string_view system, std::uint64_t seed,
                                                      std::uint64_t epoch);

/// The reason of a divergence that is on record; nothing for a pair that did not diverge.
[[nodiscard]] std::optional<std::string> divergence_on_record(const reports::RunRecord& record,
                                                              std::string_view system,
                                                              std::uint64_t seed);

/// The facts with `reason` in place of their values, resting on 0 units.
[[nodiscard]] std::vector<metrics::Fact> without_values(std::vector<metrics::Fact> facts,
                                                        const std::string& reason);

}  // namespace kgaudit::run
