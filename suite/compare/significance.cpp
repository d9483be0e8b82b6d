#include "suite/compare/significance.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "reports/record/rows.hpp"
#include "suite/compare/compared_measures.hpp"
#include "suite/compare/profession_lists.hpp"
#include "suite/compare/raw_units.hpp"
#include "suite/compare/seed_comparison.hpp"
#include "suite/compare/significance_lines.hpp"
#include "suite/compare/unit_comparison.hpp"

namespace kgaudit::run {

using reports::MeasurementLine;
using reports::RunRecord;
using reports::SystemView;

std::vector<MeasurementLine> significance_facts(const RunRecord& record,
                                                const std::filesystem::path& folder,
                                                const Statistics& statistics, ThreadPool& pool) {
  if (reports::system_views(record).empty()) return {};
  const SystemView reference = reference_row(record, statistics.reference);
  const SeedFacts facts(record);
  const std::vector<ComparedMeasure> measures = compared_measures(record, facts);
  const std::vector<std::string> attributes = reports::attributes_of(record);
  RawUnits units(record, folder);
  SignificanceLines lines(record, reference, statistics);
  const auto declared = std::ranges::count_if(measures, [&](const ComparedMeasure& measure) {
    // The bootstrap makes no hypothesis of a figure without values by unit.
    const bool tested =
        statistics.test != Statistics::FamilyTest::kBootstrap || !measure.unit_names.empty();
    return tested && (measure.in_table || statistics.all_in_family);
  });
  const ComparisonContext context{
      facts,      reference,
      statistics, pool,
      lines,      statistics.alpha / static_cast<double>(std::max<std::ptrdiff_t>(declared, 1))};
  for (const SystemView& row : reports::system_views(record)) {
    for (const std::string& attribute : attributes) test_gap_against_zero(context, row, attribute);
    if (row == reference) continue;
    for (const ComparedMeasure& measure : measures) compare_over_seeds(context, row, measure);
    // Measures of the same units are resampled together, from the same draws.
    for (std::size_t begin = 0; begin < measures.size();) {
      std::size_t end = begin + 1;
      while (end < measures.size() && same_units(measures[begin], measures[end])) ++end;
      compare_over_units(context, units, row, {measures.data() + begin, end - begin});
      begin = end;
    }
  }
  std::vector<MeasurementLine> all = std::move(lines).finish();
  std::ranges::move(list_stability_facts(record), std::back_inserter(all));
  return all;
}

void replace_significance(RunRecord& record, std::vector<MeasurementLine> facts) {
  std::erase_if(record.measurements,
                [](const MeasurementLine& line) { return is_significance(line.metric); });
  record.measurements.insert(record.measurements.end(), std::make_move_iterator(facts.begin()),
                             std::make_move_iterator(facts.end()));
}

}  // namespace kgaudit::run
