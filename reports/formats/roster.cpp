#include "reports/document/report_writer.hpp"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {

#define KGA_ENTRY(stem, id)       \
  namespace formats_roster {      \
  extern const ReportWriter stem; \
  }
#include "reports/formats/roster.def"
#undef KGA_ENTRY

std::span<const ReportWriter* const> report_writers() {
  static constexpr std::array kWriters = {
#define KGA_ENTRY(stem, id) &formats_roster::stem,
#include "reports/formats/roster.def"
#undef KGA_ENTRY
  };
  return kWriters;
}

const ReportWriter& find_report_writer(std::string_view id) {
  std::vector<std::string_view> known;
  for (const ReportWriter* writer : report_writers()) {
    const std::string_view extension = writer->file_name.substr(writer->file_name.rfind('.') + 1);
    if (writer->id == id || extension == id) return *writer;
    known.push_back(writer->id);
  }
  throw InputError::unknown("report format", "", id, known);
}

}  // namespace kgaudit::reports
