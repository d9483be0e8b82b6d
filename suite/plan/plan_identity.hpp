#pragma once

#include "suite/base/hash.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// SHA-256 of the plan as it was printed when hashes first went on record, without the `[run]`
/// table: nothing in that table (threads, output directory, checkpoints) may change a measured
/// number. The comments of that time are part of it (identity_comments.txt); those that help and
/// printed plans show may be reworded.
[[nodiscard]] Digest plan_hash(const Plan& plan);

}  // namespace kgaudit::run
