#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/job_lines.hpp"
#include "reports/record/record_file.hpp"

namespace kgaudit::reports {

/// The record of a sweep over weights (`kgaudit bench --sweep`), sweep.jsonl: the first line says
/// which runs it consists of, then comes one line for each finished run. The sweep's table and
/// figures are made from it alone.

/// One run that a sweep consists of.
struct SweepRun {
  std::string run;  ///< "kl-02": its folder, relative to the sweep's
  std::string system;
  TextPairs values;  ///< parameters in place of the plan's, in order; empty = as the plan has it

  bool operator==(const SweepRun&) const = default;
};

/// First line.
struct SweepLine {
  JobLine job;
  TextPairs settings;  ///< what a reader must know to judge the numbers: ("epochs", "50") ...
  std::vector<SweepRun> runs;

  bool operator==(const SweepLine&) const = default;
};

/// Where a trained system stands between quality and bias; means over the seeds.
struct PointLine {
  std::string run;            ///< one of SweepLine::runs
  std::optional<double> mrr;  ///< without sensitive relations; higher is better
  /// Questions answered right above the commonest answer, mean over attributes, cut at 0; lower is
  /// better.
  std::optional<double> question;
  /// AUC of the strongest probe of hidden persons less .5, mean over attributes, cut at 0; lower is
  /// better.
  std::optional<double> leakage;
  std::string failure = {};  ///< why there is no MRR, such as "diverged at epoch 3"; "" if there is

  bool operator==(const PointLine&) const = default;
};

/// One line of JSON without the newline; reading it gives back an equal value.
[[nodiscard]] std::string to_json_line(const SweepLine& sweep);
[[nodiscard]] std::string to_json_line(const PointLine& point);
/// Throw InputError at `place`: unreadable for broken JSON and for missing, unknown or ill-typed
/// keys; not comparable for a schema version that is not ours.
[[nodiscard]] SweepLine parse_sweep_line(std::string_view text, std::string_view place);
[[nodiscard]] PointLine parse_point_line(std::string_view text, std::string_view place);

/// A sweep in memory.
struct SweepRecord {
  SweepLine sweep;
  std::vector<PointLine> points;     ///< finished runs, in file order
  std::vector<std::string> notices;  ///< what the reader tolerated, such as a torn last line

  /// nullptr if the run is not finished.
  [[nodiscard]] const PointLine* point_of(std::string_view run) const;
};

/// Reads a sweep; a point that is there twice or of a run that is not the sweep's is refused.
/// `name` stands for the file in messages.
[[nodiscard]] SweepRecord parse_sweep(std::string_view bytes, std::string_view name);
[[nodiscard]] SweepRecord read_sweep(const std::filesystem::path& file);

/// The record of a sweep under way.
class SweepRecordFile {
 public:
  /// Opens and locks the file and reads it. Throws InputError as RecordFile and parse_sweep do.
  SweepRecordFile(const std::filesystem::path& file, RecordFile::Start start);

  /// To be called once, before anything is appended: writes the first line, or throws InputError
  /// (not comparable) if the file holds a sweep with another plan, data, seeds or runs.
  void begin(const SweepLine& sweep);
  /// When this returns, the point is in the file.
  void append(PointLine point);

  /// All points, those that were there included.
  [[nodiscard]] const SweepRecord& record() const { return record_; }

 private:
  std::filesystem::path path_;
  RecordFile file_;
  SweepRecord record_;
};

}  // namespace kgaudit::reports
