#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "reports/document/statement_json.hpp"
#include "reports/record/json_text.hpp"
#include "reports/tables/table.hpp"

namespace kgaudit::reports::formats_roster {
namespace {

void write_record(JsonText& json, const RunRecord& record) {
  json.open_object();
  json.key("run").raw(to_json_line(record.run));
  json.key("methods").open_list();
  for (const Block& block : methods(record)) {
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      json.text(plain_text(paragraph->spans));
    }
  }
  json.close();
  json.key("verdict").open_list();
  for (const std::string& sentence : verdict(record)) json.text(sentence);
  json.close();
  json.key("statements").raw(statements_json(statements(record)));
  json.key("findings").open_list();
  for (const FindingLine& finding : record.findings) json.raw(to_json_line(finding));
  json.close();
  json.key("notices").open_list();
  for (const std::string& notice : record.notices) json.text(notice);
  json.close();
  json.close();
}

// Tables and lines of the record are compact: one a line, so that two reports can be compared line
// by line.
std::vector<NamedBytes> write_json(const Report& report) {
  JsonText json(2);
  json.open_object();
  json.key("report_schema").whole(1);
  json.key("title").text(report.document.title);
  json.key("records").open_list();
  for (const RunRecord& record : report.records) write_record(json, record);
  json.close();
  json.key("tables").open_object();
  for (const Block& block : report.document.blocks) {
    const auto* table = std::get_if<TableBlock>(&block);
    if (table != nullptr) json.key(table->key).raw(render_json(table->table, 0));
  }
  json.close();
  return {{"report.json", json.close().take() + "\n"}};
}

}  // namespace

extern const ReportWriter json;
constinit const ReportWriter json = {
    .id = "json",
    .title = "JSON report",
    .description = "The tables of the report with full precision, for other programs.",
    .file_name = "report.json",
    .write = write_json,
};

}  // namespace kgaudit::reports::formats_roster
