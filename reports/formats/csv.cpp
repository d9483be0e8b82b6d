#include <fmt/format.h>

#include "reports/comparison_table.hpp"
#include "reports/report_writer.hpp"
#include "reports/table.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports::formats {
namespace {

// One line a measurement, facets folded into one field "name=value;name=value".
std::string measurements(const RunRecord& record) {
  std::string out =
      "run,system,view,seed,metric,facets,value,undefined,low,high,level,n,unit,direction\r\n";
  for (const MeasurementLine& line : record.measurements) {
    const Measurement& m = line.measurement;
    std::string facets;
    for (const auto& [name, value] : line.facets) {
      facets += fmt::format("{}{}={}", facets.empty() ? "" : ";", name, value);
    }
    const auto& interval = m.interval();
    out += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", csv_field(line.run),
        csv_field(line.system), csv_field(line.view), line.seed, csv_field(line.metric),
        csv_field(facets), m.defined() ? number_text(m.value()) : "",
        m.defined() ? "" : csv_field(m.reason()), interval ? number_text(interval->low) : "",
        interval ? number_text(interval->high) : "", interval ? number_text(interval->level) : "",
        m.n(), csv_field(m.unit()), to_text(m.direction()));
  }
  return out;
}

std::vector<NamedBytes> write(const RunRecord& record, const ReportOptions&) {
  return {{"comparison.csv", render_csv(comparison_table(record))},
          {"measurements.csv", measurements(record)}};
}

}  // namespace

extern const ReportWriter csv;
constinit const ReportWriter csv = {
    "csv", "CSV tables",
    "The comparison table and every single measurement, full precision, for your own statistics.",
    "comparison.csv", write};

}  // namespace kgaudit::reports::formats
