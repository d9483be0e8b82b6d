#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/parameters.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::run {

/// How the systems of a run are tested against one of them, as the plan declares it before anything
/// is seen (`[statistics]`, see `statistics_parameters`).
struct Statistics {
  enum class FamilyTest { kPairedT, kSignFlip, kBootstrap };

  std::string reference;  ///< system or system:view; empty = the record's first row
  FamilyTest test = FamilyTest::kPairedT;
  bool all_in_family = false;  ///< else only the measures of the comparison table
  double alpha = 0.05;
  double power = 0.8;
  std::uint32_t replicates = 10'000;
  std::uint64_t seed = 0;
  double mrr_margin = 0.03;  ///< share of the reference's MRR
  double gap_margin = 0.1;   ///< sd of the candidates' scores
};

[[nodiscard]] Statistics statistics_of(const Parameters& parameters);
/// What the plan on record declares; the defaults where it declares nothing. Throws InputError for
/// a plan whose values make no sense.
[[nodiscard]] Statistics statistics_of(const reports::RunRecord& record);

/// The row of the comparison that `reference` names: "basic", "bose:a", "" for the first. Throws
/// InputError (usage) naming the rows there are.
[[nodiscard]] reports::SystemView reference_row(const reports::RunRecord& record,
                                                const std::string& reference);

/// Every other row of the comparison against the reference, as facts for the record: the metrics
/// "significance.<what>" with the facets of the tested measure ("metric", "set", "attribute",
/// "probe"), "reference" and "test". A difference is system less reference, of the magnitude |dS|
/// for score gaps. They speak of all seeds together and carry the first one's number.
///
///   difference, p, effect      over seeds (paired t, sign flip; Cohen's dz), and over test triples
///                              or persons of the seeds' mean (paired bootstrap)
///   difference, sd_seeds, sd_units   over both levels (hierarchical bootstrap, crossed)
///   p_adjusted                 Holm over the declared family; facets "correction", "alpha"
///   detectable, seeds_needed   what a paired t test of these seeds can see
///   non_inferiority, non_inferiority_bound   of MRR; facet "margin"
///   equivalence, equivalence_mean            p of TOST of the standardised gap with 0, every row
///
/// Units are paired by id, where both systems have them in every seed. |dS| over persons is taken
/// per seed with that seed's own sign and weighs persons equally (the micro gap weighs values).
/// What cannot be said is Undefined with its reason: one seed, no raw file, no spread. The bits
/// depend on record, raw files and `statistics` alone. `folder` is the record's.
[[nodiscard]] std::vector<reports::MeasurementLine> significance_facts(
    const reports::RunRecord& record, const std::filesystem::path& folder,
    const Statistics& statistics, ThreadPool& pool);

/// Whether a metric is one of the above.
[[nodiscard]] bool is_significance(std::string_view metric);

/// Puts `facts` in the place of all significance facts of the record.
void replace_significance(reports::RunRecord& record, std::vector<reports::MeasurementLine> facts);

}  // namespace kgaudit::run
