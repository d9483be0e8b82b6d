#pragma once

#include <cstdint>
#include <string>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/parameters.hpp"

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
  double gap_margin = 0.1;   ///< sd of one value's scores over persons
};

[[nodiscard]] Statistics statistics_of(const Parameters& parameters);
/// What the plan on record declares; the defaults where it declares nothing. Throws InputError for
/// a plan whose values make no sense.
[[nodiscard]] Statistics statistics_of(const reports::RunRecord& record);

/// The row of the comparison that `reference` names: "basic", "bose:a", "" for the first. Throws
/// InputError (usage) naming the rows there are.
[[nodiscard]] reports::SystemView reference_row(const reports::RunRecord& record,
                                                const std::string& reference);

}  // namespace kgaudit::run
