#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/base/exit_code.hpp"
#include "suite/base/measurement.hpp"

namespace kgaudit::run {

/// The result of one check of a record, from good to bad.
enum class Agreement {
  kSame,           ///< the same bits
  kSkipped,        ///< not asked for
  kNotComparable,  ///< other bits, which another build or version may have made
  kUnreadable,     ///< a file is missing or damaged beyond reading
  kDiffer          ///< other bits
};

struct Check {
  /// "data file train.txt", "raw file raw/kl-seed0.kgaraw", "re-run of kl, seed 0"
  std::string what;
  Agreement agreement = Agreement::kSame;
  std::string detail;  ///< how many facts agree, or what differs first
};

/// The worst of the checks: 0 same, 1 differ, 4 not comparable, 5 unreadable; what differs weighs
/// most.
[[nodiscard]] ExitCode verdict_of(const std::vector<Check>& checks);

/// Whether two SHA-256 in hex are the same. `is` was made `when`: "now", "again".
[[nodiscard]] Check compare_hashes(std::string what, const std::string& was, const std::string& is,
                                   std::string_view when);

/// So many facts were compared and are the same; where there was none, nothing was compared.
[[nodiscard]] Check same_facts(std::string what, std::size_t count);

/// What a fact is about: system, view, seed, metric, facets.
using FactKey = std::tuple<std::string, std::string, std::uint64_t, std::string,
                           std::map<std::string, std::string>>;
using Facts = std::map<FactKey, Measurement>;
/// Facts on record that were made again and compared.
using CheckedFacts = std::set<FactKey>;

/// "kl [s], seed 1, link_prediction.mrr {...}"
[[nodiscard]] std::string name_of_fact(const FactKey& key);
/// The facts for which `wanted(line)` is true, by what they are about; the later line stands.
template <typename Wanted>
[[nodiscard]] Facts facts_of(const std::vector<reports::MeasurementLine>& lines,
                             const Wanted& wanted) {
  Facts facts;
  for (const reports::MeasurementLine& line : lines) {
    if (!wanted(line)) continue;
    facts.insert_or_assign({line.system, line.view, line.seed, line.metric, line.facets},
                           line.measurement);
  }
  return facts;
}
/// Value, interval, n, unit and direction of every fact, bit by bit. The recorded ones are then
/// among the checked.
[[nodiscard]] Check compare_facts(std::string what, const Facts& recorded, const Facts& again,
                                  CheckedFacts& checked);

}  // namespace kgaudit::run
