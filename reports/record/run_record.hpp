#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record_file.hpp"
#include "reports/record/run_lines.hpp"

namespace kgaudit::reports {

/// A record in memory, in file order. Where two lines speak of the same thing (a unit that a
/// crash cut short was done again), the later one stands.
struct RunRecord {
  RunLine run;
  std::vector<EpochLine> epochs;
  std::vector<MeasurementLine> measurements;
  std::vector<TableHashLine> table_hashes;
  std::vector<RawLine> raw;
  std::vector<FindingLine> findings;
  std::vector<DoneLine> done;

  /// What the reader tolerated and the user should see, such as a torn last line.
  std::vector<std::string> notices;
  /// Bytes of the complete lines; less than the file's size after a torn last line.
  std::uint64_t complete_bytes = 0;

  [[nodiscard]] bool is_done(std::string_view system, std::uint64_t seed) const;
};

/// Reads a record. A last line without its newline is what a crash in the middle of a write leaves;
/// it is dropped with a notice. `name` stands for the file in messages.
[[nodiscard]] RunRecord parse_record(std::string_view bytes, std::string_view name);
[[nodiscard]] RunRecord read_record(const std::filesystem::path& file);

/// The record of a run under way.
class RunRecordFile {
 public:
  using Start = RecordFile::Start;

  /// Opens `file`, checks that it belongs to `run` and writes the `run` line if it is new. Throws
  /// InputError: not comparable if the file tells of another plan, data, build or machine (a record
  /// states one of each); usage as RecordFile does.
  RunRecordFile(const std::filesystem::path& file, const RunLine& run, Start start);

  /// Appends one line. When this returns, the line is in the file; with a DoneLine all is on the
  /// disk.
  void append(const RecordLine& line);

  /// What the file held when it was opened; its `run` is the line on file.
  [[nodiscard]] const RunRecord& earlier() const { return earlier_; }

 private:
  RecordFile file_;
  RunRecord earlier_;
};

}  // namespace kgaudit::reports
