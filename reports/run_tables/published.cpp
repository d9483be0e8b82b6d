#include <array>

#include "reports/tables/run_table.hpp"
#include "reports/tables/system_comparison.hpp"

namespace kgaudit::reports::run_tables_roster {
namespace {

constexpr std::array<ComparisonColumn, 7> kPublished = {{
    kMrrColumn,
    kHitsAt1Column,
    kHitsAt10Column,
    kGapColumn,
    kGapInSdsColumn,
    kLinearColumn,
    kMlpColumn,
}};

// The figures of Fisher et al. 2020 (EMNLP, tables 2 to 4), with a row of majority guesses. As
// there, the row of a system with attribute vectors has quality with them and bias without.
Table make_published(const RunRecord& record, const FactIndex& facts, const TableOptions& options) {
  if (!has_rulers(record, facts)) return {};  // the comparison shows these figures then
  Table table = compare_systems(record, facts, options, kPublished, MixedRows::kShown);
  table.title = "The same systems in the figures of Fisher et al. 2020";
  if (!table.rows.empty()) {
    table.notes.emplace_back(
        "ΔS has the unit of the scores and moves with a shift that is the same for everybody; an "
        "accuracy near the majority's can hide an AUC far from .5. The first table has figures "
        "without these faults.");
  }
  return table;
}

}  // namespace

extern const RunTable published;
constinit const RunTable published = {
    .id = "published",
    .chapter = Chapter::kComparison,
    .make = make_published,
};

}  // namespace kgaudit::reports::run_tables_roster
