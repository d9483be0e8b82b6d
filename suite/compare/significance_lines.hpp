#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/stats/outcome.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/statistics_plan.hpp"

namespace kgaudit::run {

/// Collects the facts about the rows of a record against one of them, and the hypotheses whose p
/// values are adjusted together in the end: those of one row are a family. What is said of a system
/// then does not depend on which others stand beside it. What it is made from must outlive it.
class SignificanceLines {
 public:
  SignificanceLines(const reports::RunRecord& record, const reports::SystemView& reference,
                    const Statistics& how);

  /// The fact "significance.<name>" of a row, with the facet "reference" added.
  void put(const reports::SystemView& row, const std::string& name, reports::Facets facets,
           Measurement measurement);
  /// One that compares the row by a measure: with what the measure shows, "metric" and "test".
  void put(const reports::SystemView& row, const ComparedMeasure& measure, const std::string& name,
           const std::string& test, Measurement measurement, const reports::Facets& more = {});

  /// Takes the hypothesis that row and reference do not differ in the measure into its row's
  /// family, if the plan wants it there. `n` units are behind it, `name` is that of the test.
  void declare(const reports::SystemView& row, const ComparedMeasure& measure,
               const metrics::stats::Outcome<metrics::stats::Test>& test, std::uint64_t n,
               const std::string& name);

  /// All facts, those of the family's adjusted p values last.
  [[nodiscard]] std::vector<reports::MeasurementLine> finish() &&;

 private:
  struct Hypothesis {
    reports::SystemView row;
    const ComparedMeasure* measure;
    std::optional<double> p;
    std::string reason;
    std::uint64_t n = 0;
    std::string test;
  };

  void adjust();
  void adjust(std::span<const Hypothesis> of_row);

  const reports::RunRecord& record_;
  const reports::SystemView& reference_;
  const Statistics& how_;
  std::vector<Hypothesis> family_;
  std::vector<reports::MeasurementLine> facts_;
};

}  // namespace kgaudit::run
