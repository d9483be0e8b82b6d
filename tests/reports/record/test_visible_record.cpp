#include "reports/record/visible_record.hpp"

#include "reports/document/report_document.hpp"
#include "reports/document/report_writer.hpp"
#include "tests/reports/example_record.hpp"
#include "tests/test_support.hpp"

namespace kgaudit::reports::tests {
namespace {

/// Escape, CSI, right-to-left override, zero-width space.
constexpr const char* kHostile = "\x1b[31m\xc2\x9b\xe2\x80\xae\xe2\x80\x8b";

TEST_CASE("No report of a hostile record acts on whoever shows it", "[reports][record]") {
  RunRecord record = example_record();
  record.run.dataset += kHostile;
  record.run.labels["gender"] = std::string("Gender") + kHostile;
  // As text of JSON, where a mark can be written out and is read as itself.
  record.run.plan = R"({"description":"a\u202e\u200b\u001b[31m","systems":["basic"]})";
  record.findings.push_back(
      {"note", "duplicate_triples", kHostile, std::string("Copies ") + kHostile});
  record.measurements.front().system += kHostile;
  record.measurements.push_back(
      fact("basic", 1, "score_gap.by_value", {{"attribute", "gender"}, {"value", kHostile}}, 1.0));
  record.measurements.back().measurement =
      Measurement::undefined(kHostile, 0, "", Direction::kNearer);
  make_visible(record);
  const Report report = make_report({&record, 1});
  for (const ReportWriter* writer : report_writers()) {
    INFO(writer->id);
    for (const NamedBytes& file : writer->write(report)) {
      for (const char* character : {"\x1b", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\x8b"}) {
        CHECK(file.bytes.find(character) == std::string::npos);
      }
    }
  }
  CHECK_THAT(record.findings.back().message,
             Catch::Contains("Copies \\x1b[31m\\u009b\\u202e\\u200b"));
}

TEST_CASE("A plain record stays as it is", "[reports][record]") {
  RunRecord record = example_record();
  make_visible(record);
  const RunRecord before = example_record();
  CHECK(record.run == before.run);
  CHECK(record.measurements == before.measurements);
  CHECK(record.findings == before.findings);
}

}  // namespace
}  // namespace kgaudit::reports::tests
