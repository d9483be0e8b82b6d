#include "reports/comparison_table.hpp"
#include "reports/json_text.hpp"
#include "reports/report_writer.hpp"
#include "reports/table.hpp"

namespace kgaudit::reports::formats {
namespace {

// The tables inside are compact: one a line, so that two reports can be compared line by line.
std::vector<NamedBytes> write(const RunRecord& record, const ReportOptions& options) {
  JsonText json(2);
  json.open_object();
  json.key("report_schema").whole(1);
  json.key("run").raw(to_json_line(record.run));
  json.key("comparison").raw(render_json(comparison_table(record), 0));
  json.key("attributes").open_list();
  for (const std::string& attribute : attributes_of(record)) {
    json.raw(render_json(attribute_table(record, attribute), 0));
  }
  json.close();
  json.key("professions").open_list();
  for (const SystemView& system : system_views(record)) {
    for (const std::string& attribute : attributes_of(record)) {
      const Table table = profession_table(record, system, attribute, options.professions);
      if (!table.rows.empty()) json.raw(render_json(table, 0));
    }
  }
  json.close();
  json.key("time").raw(render_json(time_table(record), 0));
  json.key("findings").open_list();
  for (const FindingLine& finding : record.findings) json.raw(to_json_line(finding));
  json.close();
  json.key("notices").open_list();
  for (const std::string& notice : record.notices) json.text(notice);
  json.close();
  return {{"report.json", json.close().take() + "\n"}};
}

}  // namespace

extern const ReportWriter json;
constinit const ReportWriter json = {
    "json", "JSON report", "The tables of the report with full precision, for other programs.",
    "report.json", write};

}  // namespace kgaudit::reports::formats
