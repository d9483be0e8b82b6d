#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/run_record.hpp"
#include "reports/table.hpp"

namespace kgaudit::reports {

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

/// Values of the facet "attribute", in order of first appearance.
[[nodiscard]] std::vector<std::string> attributes_of(const RunRecord& record);
[[nodiscard]] std::vector<std::uint64_t> seeds_of(const RunRecord& record);

/// "planted-people; 3 seeds (1, 2, 3), mean ± sd; epochs 50; dimension 100; on AMD EPYC, ..."
[[nodiscard]] std::string caption_of(const RunRecord& record);

using Facets = std::map<std::string, std::string>;

/// The fact `metric` of one row over all seeds as a cell. A fact matches if it has all of `facets`;
/// where several of one seed match, the one with the fewest facets (the most general) counts.
/// Undefined seeds are left out of the mean and named in the note.
[[nodiscard]] Cell cell_of(const RunRecord& record, const SystemView& row, std::string_view metric,
                           const Facets& facets, Centre centre = Centre::kMean, double scale = 1.0);

/// The table of Fisher et al. 2020 (EMNLP, tables 2 to 4) from records alone: ranking quality,
/// time, score gap and leakage of each attribute for every system, with a row of majority guesses.
/// Columns without a single fact are left out.
[[nodiscard]] Table comparison_table(const RunRecord& record);

/// The professions that lean most to either side, two lists side by side with the counts of each
/// attribute value; `top` rows. Empty if the row has no "profession_bias.shift" for the attribute.
/// B is a mean over seeds; equal B are ordered by profession id.
[[nodiscard]] Table profession_table(const RunRecord& record, const SystemView& row,
                                     const std::string& attribute, std::size_t top = 20);

/// All facts of an attribute but the professions: one row a fact, one column a system.
[[nodiscard]] Table attribute_table(const RunRecord& record, const std::string& attribute);

/// Seconds per epoch (median, smallest, largest), training time in all and last loss per system.
[[nodiscard]] Table time_table(const RunRecord& record);

}  // namespace kgaudit::reports
