#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// What stands behind a number in a table.
enum class Spread {
  kSd,       ///< "± sd" over seeds; for one seed the interval of the fact where a table shows it
  kInterval  ///< "[low, high]": over seeds (see `seed_interval`); for one seed that of the fact
};

/// "planted-people; 3 seeds (1, 2, 3), mean ± sd, times: median (sd over seeds); epochs 50;
/// dimension 100; on AMD EPYC, ..."
[[nodiscard]] std::string caption_of(const RunRecord& record, Spread spread = Spread::kSd);

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

/// One fact with its interval and n; "–" for none.
[[nodiscard]] Cell cell_of_fact(const MeasurementLine* fact);
/// The facts of a row with exactly these facets.
[[nodiscard]] Cell cell_of(const FactIndex& facts, const SystemView& row, std::string_view metric,
                           const Facets& facets_of_it, const CellStyle& style = {});
/// The named fact of a row.
[[nodiscard]] Cell cell_of(const FactIndex& facts, const SystemView& row, const FactName& name,
                           const std::string& attribute = "", const CellStyle& style = {});

/// Behind a heading: " ↑", " ↓", " →0" or nothing. `neutral` is what "nearer" means.
[[nodiscard]] std::string direction_mark(Direction direction, double neutral);

}  // namespace kgaudit::reports
