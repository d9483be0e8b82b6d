#include "suite/compare/significance_lines.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/stats/multiplicity.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::run {

namespace stats = metrics::stats;
using reports::Facets;
using reports::SystemView;

SignificanceLines::SignificanceLines(const reports::RunRecord& record, const SystemView& reference,
                                     const Statistics& how)
    : record_(record), reference_(reference), how_(how) {}

void SignificanceLines::put(const SystemView& row, const std::string& name, Facets facets,
                            Measurement measurement) {
  facets["reference"] = reports::name_of(record_, reference_);
  // They are about all seeds together, under the number of the first.
  facts_.push_back({record_.run.run, row.system, row.view, record_.measurements.front().seed,
                    std::string(kSignificance) + name, std::move(facets), std::move(measurement)});
}

void SignificanceLines::put(const SystemView& row, const ComparedMeasure& measure,
                            const std::string& name, const std::string& test,
                            Measurement measurement, const Facets& more) {
  Facets facets = measure.shown;
  facets.insert(more.begin(), more.end());
  facets["metric"] = measure.metric;
  facets["test"] = test;
  put(row, name, std::move(facets), std::move(measurement));
}

void SignificanceLines::declare(const SystemView& row, const ComparedMeasure& measure,
                                const stats::Outcome<stats::Test>& test, std::uint64_t n,
                                const std::string& name) {
  if (!measure.in_table && !how_.all_in_family) return;
  Hypothesis hypothesis{row, &measure, std::nullopt, "", n, name};
  if (test.defined()) {
    hypothesis.p = test->p;
  } else {
    hypothesis.reason = test.reason();
  }
  family_.push_back(std::move(hypothesis));
}

std::vector<reports::MeasurementLine> SignificanceLines::finish() && {
  adjust();
  return std::move(facts_);
}

void SignificanceLines::adjust() {
  for (auto begin = family_.cbegin(); begin != family_.cend();) {
    const auto end = std::find_if(begin, family_.cend(),
                                  [&](const Hypothesis& h) { return !(h.row == begin->row); });
    adjust({begin, end});
    begin = end;
  }
}

void SignificanceLines::adjust(std::span<const Hypothesis> of_row) {
  stats::Family family{"statistics.family", {}};
  std::vector<stats::Tested> tested;
  for (const Hypothesis& h : of_row) {
    family.hypotheses.push_back(fmt::format("{} [{}] {} {}", h.row.system, h.row.view,
                                            h.measure->metric, fmt::join(h.measure->shown, " ")));
    tested.push_back({family.hypotheses.back(), h.p});
  }
  const auto adjusted = stats::adjust(family, tested);
  const Facets correction = {
      {"correction", fmt::format("Holm over the {} hypotheses of each system", of_row.size())},
      {"alpha", number_text(how_.alpha)}};
  for (std::size_t i = 0; i < of_row.size(); ++i) {
    const Hypothesis& h = of_row[i];
    put(h.row, *h.measure, "p_adjusted", h.test,
        adjusted[i].adjusted_p
            ? Measurement::checked(*adjusted[i].adjusted_p, h.n, "", Direction::kDescriptive)
            : Measurement::undefined(h.reason, h.n, "", Direction::kDescriptive),
        correction);
  }
}

}  // namespace kgaudit::run
