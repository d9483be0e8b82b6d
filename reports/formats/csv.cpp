#include <algorithm>
#include <map>

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

const Table& whole(const TableBlock& block) { return block.uncut ? *block.uncut : block.table; }

/// Tables of one kind as one: first whose a row is, then the columns of all.
Table stacked(const std::vector<const TableBlock*>& blocks) {
  Table all;
  all.columns = {text_column("attribute", "attribute"), text_column("system", "system")};
  std::map<std::string, std::size_t> places;
  for (const TableBlock* block : blocks) {
    for (const Column& column : whole(*block).columns) {
      if (places.emplace(column.key, all.columns.size()).second) all.columns.push_back(column);
    }
  }
  for (const TableBlock* block : blocks) {
    const Table& table = whole(*block);
    for (const Row& row : table.rows) {
      Row& made = all.rows.emplace_back();
      made.cells.resize(all.columns.size(), TextCell{});
      made.cells[0] = TextCell{block->attribute};
      made.cells[1] = TextCell{block->system};
      for (std::size_t c = 0; c < row.cells.size(); ++c) {
        made.cells[places.at(table.columns[c].key)] = row.cells[c];
      }
    }
  }
  return all;
}

std::vector<NamedBytes> write_csv(const Report& report) {
  const Records records = report.records;
  std::vector<NamedBytes> files;
  std::map<std::string, std::vector<const TableBlock*>> kinds;
  for (const Block& block : report.document.blocks) {
    const auto* table = std::get_if<TableBlock>(&block);
    if (table == nullptr) continue;
    if (table->kind.empty()) {
      files.push_back({table->key + ".csv", render_csv(whole(*table))});
      continue;
    }
    std::vector<const TableBlock*>& of_kind = kinds[table->kind];
    if (of_kind.empty()) files.push_back({table->kind + ".csv", ""});
    of_kind.push_back(table);
  }
  for (const auto& [kind, blocks] : kinds) {
    const auto file = std::ranges::find(files, kind + ".csv", &NamedBytes::name);
    file->bytes = render_csv(stacked(blocks));
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
