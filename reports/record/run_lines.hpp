#pragma once

#include <cstdint>
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
  std::map<std::string, std::string> build;    ///< compiler, flags, version ...
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

}  // namespace kgaudit::reports
