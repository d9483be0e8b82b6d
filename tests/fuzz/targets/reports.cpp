#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "reports/record/run_record.hpp"
#include "reports/record/visible_record.hpp"
#include "suite/compare/ranking_of_systems.hpp"
#include "suite/gate/gate_state.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {

/// All that is made from a record alone: every report, and what a gate knows of it. Odd records
/// that are valid by every line are refused or reported.
void reports(std::string_view bytes) {
  reports::RunRecord record = reports::parse_record(bytes, "record.jsonl");
  try {
    static_cast<void>(run::gate_state_of(record));
  } catch (const InputError&) {
    // The plan of a record is read by gates, and no report.
  }
  reports::make_visible(record);
  const std::vector<reports::RunRecord> records = {record, record};
  static_cast<void>(run::rank_systems(records));
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
    reports::ReportOptions options;
    options.side_by_side = count == 2;
    const auto report = reports::make_report(std::span(records).first(count), options);
    for (const reports::ReportWriter* format : reports::report_writers()) {
      static_cast<void>(format->write(report));
    }
  }
}

}  // namespace kgaudit::fuzz::targets
