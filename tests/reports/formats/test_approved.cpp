#include <algorithm>
#include <cstdlib>

#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::reports;
using kgaudit::reports::tests::whole_record;

namespace {

// A small figure in place of a drawn one: gnuplot's pictures differ from version to version.
PlacedFigure small_figure() {
  PlacedFigure placed;
  placed.figure = {.key = "bias_vs_mrr_gender",
                   .title = "Bias against quality, gender",
                   .caption = "One point a system.",
                   .folder = "figures",
                   .svg = R"(<svg width="72" viewBox="0 0 72 40"><text>a</text></svg>)",
                   .not_drawn = ""};
  return placed;
}

// All files of a format in one text, each below its name where there are several.
std::string written(const ReportWriter& writer, const Report& report) {
  const std::vector<NamedBytes> files = writer.write(report);
  if (files.size() == 1) return files.front().bytes;
  std::string all;
  for (const NamedBytes& file : files) all += "==== " + file.name + "\n" + file.bytes;
  return all;
}

std::string line_of(const std::string& text, std::size_t at) {
  const std::size_t before = text.rfind('\n', at == 0 ? 0 : at - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

}  // namespace

// The record is made by hand, so nothing in these files changes with the hour, the machine or the
// version. A change of them is a change that users see.
TEST_CASE("Every report format writes what was approved", "[reports][formats][approved]") {
  const RunRecord record = whole_record();
  ReportOptions options;
  options.professions = 2;
  options.relations = 1;
  options.figures = {small_figure()};
  const Report report = make_report({&record, 1}, options);
  for (const ReportWriter* writer : report_writers()) {
    const std::string_view ending = writer->file_name.substr(writer->file_name.rfind('.'));
    const std::string name =
        std::string("tests/reports/approved/") + std::string(writer->id) + std::string(ending);
    const std::filesystem::path file = kgaudit::tests::source_file(name);
    const std::string now = written(*writer, report);
    if (std::getenv("KGAUDIT_APPROVE") != nullptr) {
      kgaudit::tests::write_file(file, now);
      continue;
    }
    const std::string approved =
        std::filesystem::exists(file) ? kgaudit::tests::read_file(file) : "";
    if (now == approved) continue;
    const auto first = std::mismatch(now.begin(), now.end(), approved.begin(), approved.end());
    const auto at = static_cast<std::size_t>(first.first - now.begin());
    const auto line = std::count(now.begin(), first.first, '\n') + 1;
    FAIL_CHECK(name << ":" << line << " is not what this build writes\n  approved: "
                    << line_of(approved, std::min(at, approved.size()))
                    << "\n  now:      " << line_of(now, at)
                    << "\n  try: ci/approve, and read the change with git diff before committing");
  }
}
