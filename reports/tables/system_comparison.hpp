#pragma once

#include <span>
#include <string_view>

#include "reports/record/fact_index.hpp"
#include "reports/record/fact_names.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/run_table.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// The row for comparison of those that know the most frequent value alone: no probe need do worse.
inline constexpr std::string_view kMajorityRow = "majority guess";

/// One column of a table of systems, or one for each attribute.
struct ComparisonColumn {
  FactName fact;
  std::string_view group;
  std::string_view header = "";  ///< of a fact of an attribute: the attribute's own name
  int decimals = 3;
  Centre centre = Centre::kMean;
  double scale = 1.0;          ///< shown number = measured number * scale
  std::string_view unit = "";  ///< of the scaled number; "" = the fact's
  double neutral = 0.0;        ///< where "nearer is better" points to, as shown
  /// What a row for comparison has in its place; nullptr = nothing.
  const FactName* reference = nullptr;
  std::string_view reference_row = kMajorityRow;  ///< the name of that row
  bool judged = true;  ///< whether one value is better than another: has an arrow, and a best value
};

// Columns of more than one table.
inline constexpr ComparisonColumn kEpochsColumn = {
    .fact = kTrainedEpochs, .group = "time", .header = "epochs", .decimals = 0};
inline constexpr ComparisonColumn kSecondsColumn = {
    .fact = kSecondsPerEpoch, .group = "time", .header = "s/epoch", .centre = Centre::kMedian};
inline constexpr ComparisonColumn kRatioColumn = {.fact = kRatioToBasic,
                                                  .group = "time",
                                                  .header = "× basic",
                                                  .decimals = 2,
                                                  .centre = Centre::kMedian};
inline constexpr ComparisonColumn kMemoryColumn = {.fact = kPeakMemory,
                                                   .group = "memory",
                                                   .header = "peak MiB",
                                                   .decimals = 0,
                                                   .centre = Centre::kMedian,
                                                   .scale = 1.0 / (1024.0 * 1024.0),
                                                   .unit = "MiB",
                                                   // The most that the process held so far: later
                                                   // rows include what earlier ones took.
                                                   .judged = false};
inline constexpr ComparisonColumn kMrrColumn = {
    .fact = kFilteredMrr, .group = "ranking", .header = "MRR"};
inline constexpr ComparisonColumn kHitsAt1Column = {
    .fact = kFilteredHitsAt1, .group = "ranking", .header = "H@1"};
inline constexpr ComparisonColumn kHitsAt10Column = {
    .fact = kFilteredHitsAt10, .group = "ranking", .header = "H@10"};
inline constexpr ComparisonColumn kGapColumn = {
    .fact = kGapMicro, .group = "score gap ΔS", .decimals = 2};
inline constexpr ComparisonColumn kGapInSdsColumn = {
    .fact = kGapInPersonSds, .group = "score gap, sd over persons", .decimals = 2};
inline constexpr ComparisonColumn kLinearColumn = {
    .fact = kLinearAccuracy, .group = "leakage, linear", .reference = &kMajorityAccuracy};
inline constexpr ComparisonColumn kMlpColumn = {
    .fact = kMlpAccuracy, .group = "leakage, MLP", .reference = &kMajorityAccuracy};

/// "Sample sizes per seed, the smallest of each column: MRR others 200 predictions; ...": of the
/// columns that the table has; "" if no cell says how many.
[[nodiscard]] std::string note_on_samples(const Table& comparison);
/// "Never marked as best: rows [s] and controls.": which rows `mark_best` leaves out, and where it
/// marks nothing; "" if it leaves out none.
[[nodiscard]] std::string note_on_best(const Table& comparison);
/// "Not tested: question of hidden persons, AUC.": the columns that no test of the record is about;
/// "" if there are none.
[[nodiscard]] std::string note_on_untested(const Table& comparison);

/// Whether the record has the figures that neither units nor majorities move (question, strongest
/// probe): records from before them do not.
[[nodiscard]] bool has_rulers(const RunRecord& record, const FactIndex& facts);

/// Whether a system with attribute vectors has a row under its own name, with figures of both
/// things that it publishes, where each of them has a row of its own.
enum class MixedRows { kLeftOut, kShown };

/// A row for each system and a column for each choice that the record has a fact of; above them the
/// rows for comparison that any column has a value for. Marks the best value of
/// each column and the differences that tests confirm; a note tells the sample sizes.
[[nodiscard]] Table compare_systems(const RunRecord& record, const FactIndex& facts,
                                    const TableOptions& options,
                                    std::span<const ComparisonColumn> choices, MixedRows mixed);

}  // namespace kgaudit::reports
