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
/// alone; equal names count once. Nothing where no system of the record publishes vectors. Without
/// `mixed_rows` only what [rows] and [whole] mean, where the record has these rows.
void add_release_note(Table& table, const RunRecord& record, std::span<const ShownMeasure> measures,
                      bool mixed_rows = true);

/// The same for searches of schema 1: `systems` are ids.
void add_release_note(Table& table, std::span<const std::string> systems,
                      std::span<const ShownMeasure> measures);
/// For searches and sweeps, which measure the rows alone of such systems.
void add_rows_alone_note(Table& table, std::span<const std::string> systems);

}  // namespace kgaudit::reports
