#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

class FactIndex;

/// A row of the comparison: a system and which of its embeddings ("" when it has only one).
struct SystemView {
  std::string system;
  std::string view;

  bool operator==(const SystemView&) const = default;
};

/// Every system and view with measurements, in order of first appearance. Facts of training (time,
/// memory) hold for the whole system and make no row of their own.
[[nodiscard]] std::vector<SystemView> system_views(const RunRecord& record);

/// "bose [s]".
[[nodiscard]] std::string name_of(const RunRecord& record, const SystemView& row);
/// The label of an id in a facet, or the id itself.
[[nodiscard]] const std::string& label_of(const RunRecord& record, const std::string& id);

/// Values of the facet "attribute", in order of first appearance in facts of no single relation.
[[nodiscard]] std::vector<std::string> attributes_of(const RunRecord& record);
[[nodiscard]] std::vector<std::uint64_t> seeds_of(const RunRecord& record);

/// What stands behind a number in a table.
enum class Spread {
  kSd,       ///< "± sd" over seeds; for one seed the interval of the fact where a table shows it
  kInterval  ///< "[low, high]": over seeds (see `seed_interval`); for one seed that of the fact
};

/// "planted-people; 3 seeds (1, 2, 3), mean ± sd; epochs 50; dimension 100; on AMD EPYC, ..."
[[nodiscard]] std::string caption_of(const RunRecord& record, Spread spread = Spread::kSd);

using Facets = std::map<std::string, std::string>;

/// 95 % interval of the mean over at least two seeds (Student's t, seeds independent), or for a
/// median the smallest and largest value with the level that they cover the true median with,
/// 1 - 2^(1 - seeds).
[[nodiscard]] Interval seed_interval(std::span<const double> values, Centre centre);

/// How a fact is shown.
struct CellStyle {
  Centre centre = Centre::kMean;
  double scale = 1.0;  ///< shown number = measured number * scale
  Spread spread = Spread::kSd;
};
/// One cell from the facts of the seeds: "–" for none, Undefined if none has a value. Undefined
/// seeds are left out of the mean and named in the note.
[[nodiscard]] Cell cell_from(std::span<const MeasurementLine* const> facts,
                             const CellStyle& style = {});

/// The fact `metric` of one row over all seeds as a cell. A fact matches if it has all of `facets`;
/// where several of one seed match, the one with the fewest facets (the most general) counts.
[[nodiscard]] Cell cell_of(const RunRecord& record, const SystemView& row, std::string_view metric,
                           const Facets& facets, const CellStyle& style = {});

/// The table of Fisher et al. 2020 (EMNLP, tables 2 to 4) from records alone: ranking quality,
/// time, score gap and leakage of each attribute for every system, with a row of majority guesses.
/// Columns without a single fact are left out; a note tells n of each group of columns.
[[nodiscard]] Table comparison_table(const RunRecord& record, Spread spread = Spread::kSd);

/// The professions that lean most to either side, two lists side by side with the counts of each
/// attribute value; `top` rows. Empty if the row has no "profession_bias.shift" for the attribute.
/// B is a mean over seeds with its sd or interval where there is one; equal B are ordered by
/// profession id.
[[nodiscard]] Table profession_table(const RunRecord& record, const FactIndex& facts,
                                     const SystemView& row, const std::string& attribute,
                                     std::size_t top = 20, Spread spread = Spread::kSd);

/// The facts of an attribute as a whole: one row a fact, one column a system. Facts of single
/// professions, values and relations stand in tables of their own.
[[nodiscard]] Table attribute_table(const RunRecord& record, const FactIndex& facts,
                                    const std::string& attribute, Spread spread = Spread::kSd);

/// Seconds per epoch (median, smallest, largest), training time in all and last loss per system.
[[nodiscard]] Table time_table(const RunRecord& record);

}  // namespace kgaudit::reports
