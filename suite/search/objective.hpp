#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "reports/record/search_record.hpp"
#include "suite/base/parameters.hpp"
#include "suite/search/headline.hpp"

namespace kgaudit::run {

/// How a search is carried out and what it demands: budget, demands on bias, seed.
[[nodiscard]] std::span<const ParameterSpec> tuning_parameters();

/// What the search maximises and what it demands, in words for the record and the reader.
[[nodiscard]] std::string objective_text(const Parameters& tuning);

/// A system's worth against Basic of the same seeds. A demand that Basic's own record cannot state
/// (no such attribute, no question answered better than the commonest answer, a metric that is
/// Undefined) is not made; one that only the system's record cannot answer is missed in whole
/// (violation 1).
struct Verdict {
  reports::TrialResult result;
  std::vector<std::string> misses;           ///< each missed demand in words; empty = feasible
  std::map<std::string, double> reductions;  ///< attribute -> 1 - question / Basic's
};
[[nodiscard]] Verdict judge(const Headline& system, const Headline& basic,
                            const Parameters& tuning);

}  // namespace kgaudit::run
