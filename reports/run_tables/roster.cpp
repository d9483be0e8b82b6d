#include <array>

#include "reports/tables/run_table.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::reports {

namespace run_tables_roster {
#define KGA_ENTRY(stem, id) extern const RunTable stem;
#include "reports/run_tables/roster.def"
#undef KGA_ENTRY
}  // namespace run_tables_roster

std::span<const RunTable* const> run_tables() {
#define KGA_ENTRY(stem, id) &run_tables_roster::stem,
  static constexpr std::array kAll = {
#include "reports/run_tables/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const RunTable& find_run_table(std::string_view id) {
  return find_in_roster(run_tables(), id, "report table");
}

Table run_table(std::string_view id, const RunRecord& record, const TableOptions& options) {
  return find_run_table(id).make(record, FactIndex(record), options);
}

}  // namespace kgaudit::reports
