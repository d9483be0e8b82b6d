#include <array>

#include "reports/document/report_writer.hpp"
#include "suite/base/error.hpp"
#include "suite/base/roster.hpp"

namespace kgaudit::reports {

namespace formats_roster {
#define KGA_ENTRY(stem, id) extern const ReportWriter stem;
#include "reports/formats/roster.def"
#undef KGA_ENTRY
}  // namespace formats_roster

std::span<const ReportWriter* const> report_writers() {
#define KGA_ENTRY(stem, id) &formats_roster::stem,
  static constexpr std::array kAll = {
#include "reports/formats/roster.def"
  };
#undef KGA_ENTRY
  return kAll;
}

const ReportWriter& find_report_writer(std::string_view id) {
  for (const ReportWriter* writer : report_writers()) {
    const std::string_view extension = writer->file_name.substr(writer->file_name.rfind('.') + 1);
    if (writer->id == id || extension == id) return *writer;
  }
  throw InputError::unknown("report format", "", id, ids_of(report_writers()));
}

}  // namespace kgaudit::reports
