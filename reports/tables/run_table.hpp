#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "reports/record/fact_index.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports {

/// Where in the report of a run a table stands, and what it is made for.
enum class Chapter {
  kComparison,   ///< first of all
  kTests,        ///< tests between systems
  kGroups,       ///< made for each attribute
  kProfessions,  ///< made for each attribute and row of the comparison
  kRanking,      ///< ranking quality taken apart
  kTime
};

struct TableOptions {
  Spread spread = Spread::kSd;
  std::size_t professions = 20;  ///< rows of a profession table, most leaning first
  std::size_t relations = 40;    ///< rows of the relation table, most test triples first
  bool every_column = false;     ///< of the comparison: those that are shown when named, too
  std::string attribute = {};    ///< in chapters of attributes
  SystemView row = {};           ///< in the chapter of professions
};

/// One roster entry: a table of the report of a run. Pure: the same record gives the same table.
struct RunTable {
  std::string_view id;  ///< its key in the report, its file's stem and its JSON key begin with it
  Chapter chapter = Chapter::kComparison;
  /// Without rows where the record lacks its facts. `facts` is the index of `record`.
  Table (*make)(const RunRecord& record, const FactIndex& facts, const TableOptions& options);
  int below = 0;         ///< levels of its heading below the chapter's
  bool folded = false;   ///< formats that can fold it away behind its title do
  bool limited = false;  ///< heeds a number of rows in the options
};

/// All tables of a run in the order of the report.
[[nodiscard]] std::span<const RunTable* const> run_tables();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const RunTable& find_run_table(std::string_view id);

/// One table of a record.
[[nodiscard]] Table run_table(std::string_view id, const RunRecord& record,
                              const TableOptions& options = {});

/// The table that a run ends with: "comparison".
[[nodiscard]] inline Table comparison_table(const RunRecord& record, Spread spread = Spread::kSd,
                                            bool every_column = false) {
  return run_table("comparison", record, {.spread = spread, .every_column = every_column});
}

}  // namespace kgaudit::reports
