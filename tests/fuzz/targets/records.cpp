#include "reports/record/run_record.hpp"
#include "suite/base/error.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace kgaudit::fuzz::targets {
namespace {

template <typename Line>
void require_same(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    const std::string text = reports::to_json_line(line);
    KGA_REQUIRE(reports::to_json_line(reports::parse_record_line(text, "again")) == text,
                "{} is written as another line", text);
  }
}

}  // namespace

/// record.jsonl. What is read is written as it reads.
void records(std::string_view bytes) {
  const auto record = reports::parse_record(bytes, "record.jsonl");
  require_same(record.epochs);
  require_same(record.measurements);
  require_same(record.table_hashes);
  require_same(record.raw);
  require_same(record.findings);
  require_same(record.done);
}

}  // namespace kgaudit::fuzz::targets
