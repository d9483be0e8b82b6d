#pragma once

#include <vector>

#include "metrics/stats/outcome.hpp"
#include "reports/record/rows.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/significance_lines.hpp"
#include "suite/compare/statistics_plan.hpp"

namespace kgaudit::run {

/// What every comparison with one row of a record works with.
struct ComparisonContext {
  const SeedFacts& facts;
  const reports::SystemView& reference;
  const Statistics& how;
  ThreadPool& pool;
  SignificanceLines& lines;
  /// The level at which Holm's correction tests the smallest p of a row: what more seeds are
  /// planned for.
  double corrected_alpha;
};

/// "kl, seed 1: diverged at epoch 2": what a fact without a value makes of all that needs it.
[[nodiscard]] Undefined undefined_of(const reports::MeasurementLine& fact);
/// The reason for all that needs to know how training runs differ.
[[nodiscard]] Undefined undefined_for_one_seed();

/// The row's figure on record less the reference's, for each seed that both were measured with: of
/// the magnitude where that is compared. Undefined if a seed has none.
[[nodiscard]] metrics::stats::Outcome<std::vector<double>> recorded_differences(
    const ComparisonContext& context, const reports::SystemView& row,
    const ComparedMeasure& measure);

/// The p value of a test as a fact; `n` where it has none.
[[nodiscard]] Measurement p_of(const metrics::stats::Outcome<metrics::stats::Test>& test,
                               std::uint64_t n);

/// The row against the reference with one value a seed: difference, paired t, sign flip, effect,
/// power, and for the MRR, of all test triples and of the others, non-inferiority.
void compare_over_seeds(const ComparisonContext& context, const reports::SystemView& row,
                        const ComparedMeasure& measure);

/// Whether the row's standardised score gap of an attribute is equivalent to 0 over seeds. The
/// reference has no part in it. Nothing for a row without such a gap.
void test_gap_against_zero(const ComparisonContext& context, const reports::SystemView& row,
                           const std::string& attribute);

}  // namespace kgaudit::run
