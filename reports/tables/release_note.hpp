#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/run_record.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// What a table shows, by the name that its readers see, and a metric that it comes from.
struct ShownMeasure {
  std::string name;
  std::string metric;
};

/// Says below a table which of its figures are of rows with attribute vectors and which of the rows
/// alone; equal names count once. Nothing where no system of the record publishes vectors.
void add_release_note(Table& table, const RunRecord& record,
                      std::span<const ShownMeasure> measures);

/// The same for jobs that are no run: `systems` are ids.
void add_release_note(Table& table, std::span<const std::string> systems,
                      std::span<const ShownMeasure> measures);

}  // namespace kgaudit::reports
