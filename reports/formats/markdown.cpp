#include "reports/markdown_report.hpp"
#include "reports/report_writer.hpp"

namespace kgaudit::reports::formats {
namespace {

std::vector<NamedBytes> write(const RunRecord& record, const ReportOptions& options) {
  return {{"report.md", markdown_report(record, options)}};
}

}  // namespace

extern const ReportWriter markdown;
constinit const ReportWriter markdown = {
    "markdown", "Markdown report",
    "The whole report in one file, for reading and for pull requests.", "report.md", write};

}  // namespace kgaudit::reports::formats
