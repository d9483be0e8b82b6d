#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/document/document.hpp"
#include "reports/record/run_record.hpp"
#include "reports/tables/cells.hpp"
#include "reports/tables/table_choice.hpp"

namespace kgaudit::reports {

/// A finished file that is not on disk yet.
struct NamedBytes {
  std::string name;  ///< file name without folders
  std::string bytes;
};

/// A figure of one of the records, with what became of it when it was drawn.
struct PlacedFigure {
  std::size_t record = 0;  ///< index into the records
  Section section = Section::kComparison;
  FigureBlock figure;
};

struct ReportOptions {
  std::size_t professions = 20;  ///< rows of a profession table
  std::size_t relations = 40;    ///< rows of a relation table
  Spread spread = Spread::kSd;
  bool side_by_side = false;  ///< begin with the first record against each of the others
  std::vector<PlacedFigure> figures;
  std::vector<std::string> opening;  ///< paragraphs before everything else
  TableChoice choice = {};           ///< what the comparison shows
  bool brief = false;  ///< verdict, comparison and findings alone: a comment of a pull request
  /// Longest Markdown report: sections at its end are left out (see shortened_markdown).
  std::optional<std::uint64_t> markdown_bytes = {};
};

using Records = std::span<const RunRecord>;

/// What every format writes: the records with the document made from them (`make_report`).
struct Report {
  Records records;  ///< must outlive the report
  ReportOptions options;
  Document document;
};

/// One roster entry: a format that a report can be written in. Pure: no clock, no locale, no files.
struct ReportWriter {
  std::string_view id;
  std::string_view title;
  std::string_view description;
  std::string_view file_name;  ///< of the main file, the first that `write` returns
  std::vector<NamedBytes> (*write)(const Report&);
};

/// All formats in roster order.
[[nodiscard]] std::span<const ReportWriter* const> report_writers();
/// By id or by the extension of the main file ("md", "tex"). Throws InputError (usage) naming the
/// nearest known id.
[[nodiscard]] const ReportWriter& find_report_writer(std::string_view id);

}  // namespace kgaudit::reports
