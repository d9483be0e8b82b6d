#include <fmt/format.h>

#include "reports/document/report_writer.hpp"
#include "reports/record/fact_index.hpp"
#include "reports/tables/table.hpp"
#include "reports/tables/table_choice.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::formats_roster {
namespace {

// One line a measurement, facets folded into one field "name=value;name=value". `release` says what
// of a system with attribute vectors it is of.
std::string measurements(Records records) {
  std::string out =
      "run,system,view,seed,metric,facets,value,undefined,low,high,level,n,unit,direction,"
      "release\r\n";
  for (const RunRecord& record : records) {
    const FactIndex index(record);
    for (const MeasurementLine& line : record.measurements) {
      const Measurement& m = line.measurement;
      std::string facets;
      for (const auto& [name, value] : line.facets) {
        facets += fmt::format("{}{}={}", facets.empty() ? "" : ";", name, value);
      }
      const auto& interval = m.interval();
      out += fmt::format(
          "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_field(line.run),
          csv_field(line.system), csv_field(line.view), line.seed, csv_field(line.metric),
          csv_field(facets), m.defined() ? number_text(m.value()) : "",
          m.defined() ? "" : csv_field(m.reason()), interval ? number_text(interval->low) : "",
          interval ? number_text(interval->high) : "", interval ? number_text(interval->level) : "",
          m.n(), csv_field(m.unit()), to_text(m.direction()),
          index.release({line.system, line.view}, line.metric, line.facets));
    }
  }
  return out;
}

std::vector<NamedBytes> write_csv(const Report& report) {
  const Records records = report.records;
  std::vector<NamedBytes> files;
  for (const Block& block : report.document.blocks) {
    const auto* table = std::get_if<TableBlock>(&block);
    if (table == nullptr) continue;
    files.push_back({table->key + ".csv", render_csv(table->uncut ? *table->uncut : table->table)});
  }
  if (records.empty()) return files;
  // The comparison of the first record is the main file and keeps its name; without a fact it is
  // there and empty.
  const std::string main = "comparison.csv";
  if (records.size() != 1 || files.empty() || files.front().name != main) {
    files.insert(files.begin(),
                 {main, render_csv(chosen_comparison(records.front(), report.options.choice))});
  }
  files.insert(files.begin() + 1, {"measurements.csv", measurements(records)});
  return files;
}

}  // namespace

extern const ReportWriter csv;
constinit const ReportWriter csv = {
    .id = "csv",
    .title = "CSV tables",
    .description =
        "Every table of the report, uncut, and every single measurement, full precision, for your "
        "own "
        "statistics.",
    .file_name = "comparison.csv",
    .write = write_csv,
};

}  // namespace kgaudit::reports::formats_roster
