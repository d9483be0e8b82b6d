#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::reports {

/// Facts "significance.*" of a record: what tests of systems against a reference say. They are
/// about differences, so tables of measured values leave them out.
[[nodiscard]] bool is_test_fact(const MeasurementLine& line);

/// The facets that tell the measures of one metric apart.
inline constexpr std::array<const char*, 4> kMeasureFacets = {"attribute", "persons", "probe",
                                                              "set"};
/// A key of what was tested: a measure of a row.
[[nodiscard]] std::string tested_measure(const SystemView& row, std::string_view metric,
                                         const Facets& facets);

/// The adjusted p-values of a record, to mark the differences that hold.
class SignificanceMarks {
 public:
  explicit SignificanceMarks(const RunRecord& record);

  /// "*" if the value of `row` differs from the reference's: adjusted p <= alpha; else "".
  [[nodiscard]] std::string mark(const SystemView& row, std::string_view metric,
                                 const Facets& facets) const;
  /// Whether the measure was tested for any row.
  [[nodiscard]] bool is_tested(std::string_view metric, const Facets& facets) const;
  /// A difference that was tested and has no mark.
  struct NotShown {
    std::optional<double> seeds_needed;  ///< to show it, where the record says so
  };
  [[nodiscard]] std::optional<NotShown> not_shown(const SystemView& row, std::string_view metric,
                                                  const Facets& facets) const;
  /// Whether the test of non-inferiority excludes that the row's MRR without sensitive relations is
  /// lower by the declared margin or more. A test of its own, at its own level.
  struct QualityLoss {
    std::string margin;  ///< "3 %"
    double share = 0.0;  ///< the same, 0.03
    bool excluded = false;
  };
  /// Nothing where it was not tested.
  [[nodiscard]] std::optional<QualityLoss> quality_loss(const SystemView& row) const;
  /// The system that the others were held against; "" without such facts.
  [[nodiscard]] std::string reference() const;
  /// Whether any difference could be tested.
  [[nodiscard]] bool tested() const { return tested_; }
  /// "adjusted p ≤ 0.05 (paired t over seeds; Holm over the 22 hypotheses of each system)"; ""
  /// without such facts.
  [[nodiscard]] std::string how() const;
  /// What the marks mean: reference, test, correction with the family's size; or why there are
  /// none, and how many differences of these rows could not be tested. Empty without such facts.
  [[nodiscard]] std::string note(std::span<const SystemView> rows) const;

 private:
  std::map<std::string, const MeasurementLine*> adjusted_;
  std::map<std::string, double> seeds_needed_;
  std::vector<const MeasurementLine*> quality_losses_;  ///< tests of non-inferiority
  bool tested_ = false;
};

/// What was tested and how, in words for the methods paragraph; "" without such facts.
[[nodiscard]] std::string tests_in_words(const RunRecord& record);

}  // namespace kgaudit::reports
