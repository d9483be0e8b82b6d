#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "suite/base/measurement.hpp"

namespace kgaudit::reports {

/// The record of a run: JSON Lines, one fact a line, the first line saying what was run. It is the
/// only thing a report is made from, so a report can be made again years later.
///
/// Every line has "schema" and "kind". Within one schema version keys are never added, dropped or
/// given another meaning; unknown keys are refused, so a typing slip in an edited file is seen.
inline constexpr int kRecordSchema = 1;

/// First line: what was run, on what, by which build, where.
struct RunLine {
  std::string run;          ///< id of the run: content hash of the plan, hex
  std::string plan = "{}";  ///< the resolved plan as JSON; `canonical_json` form when read back
  std::string plan_hash;
  std::string dataset;                            ///< data set id
  std::map<std::string, std::string> data_files;  ///< file name -> SHA-256, hex
  std::string graph_hash;
  /// What a reader must know to judge the numbers, in reading order: ("epochs", "50"),
  /// ("dimension", "100") ... Shown in captions; the rest is in the plan.
  std::vector<std::pair<std::string, std::string>> settings;
  std::map<std::string, std::string> build;    ///< compiler, flags, SIMD target, version ...
  std::map<std::string, std::string> machine;  ///< "cpu", "processors", "memory" ...
  std::string started;  ///< start time as the caller wrote it; reports show it, nothing reads it
  std::map<std::string, std::string> labels;  ///< id in a facet -> words to show in its place

  bool operator==(const RunLine&) const = default;
};

/// One finished training epoch.
struct EpochLine {
  std::string system;
  std::uint64_t seed = 0;
  std::uint64_t round = 0;     ///< turn in the interleaved order in which systems were trained
  std::uint64_t epoch = 0;     ///< from 1
  std::optional<double> loss;  ///< mean per positive; nothing if it was not finite
  std::map<std::string, double> terms;  ///< parts of the loss by name, as far as finite
  double seconds = 0.0;                 ///< wall time of this epoch, training only

  bool operator==(const EpochLine&) const = default;
};

/// One measured fact.
struct MeasurementLine {
  std::string run;
  std::string system;
  std::string view;  ///< which embedding of the system; "" when it has only one
  std::uint64_t seed = 0;
  std::string metric;
  std::map<std::string, std::string> facets;
  Measurement measurement = Measurement::undefined("not measured", 0, "", Direction::kDescriptive);

  bool operator==(const MeasurementLine&) const = default;
};

/// Hash of a trained embedding table: what the "same bits" promise is checked with.
struct TableHashLine {
  std::string system;
  std::uint64_t seed = 0;
  std::string digest;  ///< SHA-256, hex

  bool operator==(const TableHashLine&) const = default;
};

/// A file of raw columns that lies beside the record (see raw_store.hpp).
struct RawLine {
  std::string system;
  std::string view;
  std::uint64_t seed = 0;
  std::string file;    ///< name relative to the record's folder
  std::string sha256;  ///< of the file, hex
  std::string holds;   ///< in words: "ranks of the test triples, both sides"

  bool operator==(const RawLine&) const = default;
};

/// Something noticed about the data or the embeddings that a reader must know.
struct FindingLine {
  std::string level;    ///< "note", "warning" or "error"
  std::string check;    ///< which check spoke: "duplicate_triples", "rows_all_zero"
  std::string subject;  ///< what it spoke of: a file, a system, an attribute
  std::string message;

  bool operator==(const FindingLine&) const = default;
};

/// All of (system, seed) is on record: `--resume` skips it.
struct DoneLine {
  std::string system;
  std::uint64_t seed = 0;

  bool operator==(const DoneLine&) const = default;
};

using RecordLine = std::variant<RunLine, EpochLine, MeasurementLine, TableHashLine, RawLine,
                                FindingLine, DoneLine>;

/// One line of JSON without the newline. `parse_record_line` gives back an equal value, doubles to
/// the last bit.
[[nodiscard]] std::string to_json_line(const RecordLine& line);
/// Throws InputError at `place` ("file:line"): unreadable for broken JSON and for missing, unknown
/// or ill-typed keys; not comparable for a schema version that is not ours.
[[nodiscard]] RecordLine parse_record_line(std::string_view text, std::string_view place);

/// JSON text in the one form that records keep: one line, no spaces, keys in the given order.
/// Throws InputError (unreadable) at `place`.
[[nodiscard]] std::string canonical_json(std::string_view json, std::string_view place);

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

/// The record file of a run under way: opened at the start, written and flushed line by line,
/// locked against a second writer.
class RecordFile {
 public:
  enum class Start {
    kFresh,  ///< the file must not exist, or be empty
    kResume  ///< a file of the same run is continued; none is the same as kFresh
  };
  enum class Durability {
    kProcessCrash,  ///< each line is handed to the system: survives our crash
    kPowerLoss      ///< and synced to the disk: survives the machine's; slow
  };

  /// Opens `file`, checks that it belongs to `run` and writes the `run` line if it is new. Throws
  /// InputError: not comparable if the file tells of another plan, data, build or machine (a record
  /// states one of each); usage if it exists and `start` is kFresh or another process writes it.
  RecordFile(const std::filesystem::path& file, const RunLine& run, Start start,
             Durability durability = Durability::kProcessCrash);
  ~RecordFile();
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;

  /// Appends one line. When this returns, the line is in the file.
  void append(const RecordLine& line);

  /// What the file held when it was opened; its `run` is the line on file.
  [[nodiscard]] const RunRecord& earlier() const { return earlier_; }

 private:
  void write_all(std::string_view bytes);

  std::filesystem::path file_;
  int descriptor_ = -1;
  Durability durability_;
  RunRecord earlier_;
};

}  // namespace kgaudit::reports
