#pragma once

#include <filesystem>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/compare/statistics_plan.hpp"

namespace kgaudit::run {

/// Every other row of the comparison against the reference, as facts for the record: the metrics
/// "significance.<what>" with the facets of the tested measure ("metric", "set", "attribute",
/// "probe"), "reference" and "test". A difference is system less reference, of the magnitude |dS|
/// for score gaps. They are about all seeds together and carry the first one's number.
///
///   difference, p, effect      over seeds (paired t, sign flip; Cohen's dz), and over test triples
///                              or persons of the seeds' mean (paired bootstrap)
///   difference, sd_seeds, sd_units   over both levels (hierarchical bootstrap, crossed)
///   p_adjusted                 Holm over the declared family; facets "correction", "alpha"
///   detectable, seeds_needed   what a paired t test of these seeds can see
///   non_inferiority, non_inferiority_bound   of MRR; facet "margin"
///   equivalence, equivalence_mean            p of TOST of the standardised gap with 0, every row
///
/// How stable the lists of professions are stands with them, see list_stability_facts.
///
/// Units are paired by id, where both systems have them in every seed. |dS| over persons is taken
/// per seed with that seed's own sign; a person counts once for each stated value, as in the figure
/// itself. All differences of one measure are that of the figures on record, to the bit.
/// What cannot be said is Undefined with its reason: one seed, no raw file, no spread. The bits
/// depend on record, raw files and `statistics` alone. `folder` is the record's. Throws InputError
/// (unreadable) if a raw file on record is there but another.
[[nodiscard]] std::vector<reports::MeasurementLine> significance_facts(
    const reports::RunRecord& record, const std::filesystem::path& folder,
    const Statistics& statistics, ThreadPool& pool);

/// Puts `facts` in the place of all significance facts of the record.
void replace_significance(reports::RunRecord& record, std::vector<reports::MeasurementLine> facts);

}  // namespace kgaudit::run
