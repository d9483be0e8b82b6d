#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Facts "significance.*" of a record: what tests of systems against a reference say. They are
/// about differences, so tables of measured values leave them out.
[[nodiscard]] bool is_test_fact(const MeasurementLine& line);

/// The adjusted p-values of a record, to mark the differences that hold.
class SignificanceMarks {
 public:
  explicit SignificanceMarks(const RunRecord& record);

  /// "*" if the value of `row` differs from the reference's: adjusted p <= alpha; else "".
  [[nodiscard]] std::string mark(const SystemView& row, std::string_view metric,
                                 const Facets& facets) const;
  /// What the marks mean: reference, test, correction with the family's size; or why there are
  /// none. Empty without such facts.
  [[nodiscard]] std::string note() const;

 private:
  std::map<std::string, const MeasurementLine*> adjusted_;
  std::size_t marked_ = 0;
  std::size_t tested_ = 0;
};

/// Every tested difference of a system from the reference: estimate with interval over seeds and
/// over triples or persons, p, adjusted p, effect size, and what so many seeds can see. No rows
/// without facts.
[[nodiscard]] Table significance_table(const RunRecord& record);

/// Equivalence and non-inferiority tests, for claims that no large p supports: MRR not worse than
/// the reference by the margin, score gaps within the margin of 0.
[[nodiscard]] Table equivalence_table(const RunRecord& record);

/// What was tested and how, in words for the methods paragraph; "" without such facts.
[[nodiscard]] std::string tests_in_words(const RunRecord& record);

}  // namespace kgaudit::reports
