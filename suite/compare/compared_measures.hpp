#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/measurement.hpp"
#include "suite/compare/raw_units.hpp"

namespace kgaudit::run {

/// Before the name of every fact about a comparison: "significance.p".
inline constexpr std::string_view kSignificance = "significance.";

/// Whether a metric is made from all seeds together: a fact about a comparison of systems, or about
/// how stable a list is.
[[nodiscard]] bool is_significance(std::string_view metric);

/// Something that two rows are compared by.
struct ComparedMeasure {
  std::string metric;      ///< of its facts
  reports::Facets facets;  ///< of its facts, as far as they tell it from others
  reports::Facets shown;   ///< of the facts about the comparison
  bool magnitude = false;  ///< |value - neutral| is compared: bias on either side
  double neutral = 0.0;    ///< the value that means no bias
  bool in_table = false;   ///< stands in a comparison table
  UnitColumn units;        ///< where its values by test triple or person are
  std::string unit_names;  ///< "test triples", "persons"; empty = compared over seeds alone
};

/// The measured facts of a record by row and seed; what comparisons made of them is left out. The
/// record must outlive it.
class SeedFacts {
 public:
  explicit SeedFacts(const reports::RunRecord& record);

  /// The fact of each seed with these facets; where several fit, the row's own before those of its
  /// views, and of these the first by name.
  [[nodiscard]] std::map<std::uint64_t, const reports::MeasurementLine*> of(
      const reports::SystemView& row, const std::string& metric,
      const reports::Facets& facets) const;
  [[nodiscard]] std::map<std::uint64_t, const reports::MeasurementLine*> of(
      const reports::SystemView& row, const ComparedMeasure& measure) const {
    return of(row, measure.metric, measure.facets);
  }
  /// Whether any row has a fact of the measure.
  [[nodiscard]] bool has(const ComparedMeasure& measure) const;

 private:
  std::map<std::string, std::vector<const reports::MeasurementLine*>> lines_;
};

/// What the rows of the record can be compared by, in the order of the facts about it: ranking, of
/// all test triples and of those without sensitive relations; then for each attribute what the
/// question answers, what the strongest probe reads of hidden persons, |dS| and what probes read.
[[nodiscard]] std::vector<ComparedMeasure> compared_measures(const reports::RunRecord& record,
                                                             const SeedFacts& facts);

}  // namespace kgaudit::run
