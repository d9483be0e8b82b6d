#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/run_record.hpp"

namespace kgaudit::reports {

/// A finished file that is not on disk yet.
struct NamedBytes {
  std::string name;  ///< file name without folders
  std::string bytes;
};

struct ReportOptions {
  std::size_t professions = 20;  ///< rows of a profession table
  /// Names of figure files that will lie beside the report; linked where the format can.
  std::vector<std::string> figures;
};

/// One roster entry: a format that a record can be written in. Pure: no clock, no locale, no files.
struct ReportWriter {
  std::string_view id;
  std::string_view title;
  std::string_view description;
  std::string_view file_name;  ///< of the main file, the first that `write` returns
  std::vector<NamedBytes> (*write)(const RunRecord&, const ReportOptions&);
};

/// All formats in roster order.
[[nodiscard]] std::span<const ReportWriter* const> report_writers();
/// Throws InputError (usage) naming the nearest known id.
[[nodiscard]] const ReportWriter& find_report_writer(std::string_view id);

}  // namespace kgaudit::reports
