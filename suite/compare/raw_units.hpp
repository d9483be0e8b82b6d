#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "metrics/ranking.hpp"
#include "metrics/stats/outcome.hpp"
#include "reports/record/raw_store.hpp"
#include "reports/record/rows.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::run {

/// A file that the record names, in `folder`. Throws InputError (unsafe) for a name that leads out
/// of it: a record may come from anywhere. `what`: "the raw file".
[[nodiscard]] std::filesystem::path path_below(const std::filesystem::path& folder,
                                               const std::string& file, std::string_view what);
/// The file of a raw line in the record's folder.
[[nodiscard]] std::filesystem::path raw_path(const std::filesystem::path& folder,
                                             const reports::RawLine& line);

/// Throws InputError (unreadable) if a raw file that the record names is gone.
void require_raw_files(const reports::RunRecord& record, const std::filesystem::path& folder);

/// Values by unit (test triple, person), ids ascending and each once.
struct UnitValues {
  std::vector<std::uint32_t> ids;
  std::vector<double> values;
  /// Of how many values each is the mean; empty = of one.
  std::vector<double> counts = {};
};

/// What one value a unit is read from the raw columns for.
struct UnitColumn {
  enum class Kind {
    kReciprocalRank,  ///< of a test triple, filtered, mean of both sides
    kHits,            ///< share of its two ranks that are at most `cut`
    kColumn           ///< the values of the column `name`
  };
  Kind kind = Kind::kColumn;
  double cut = 0.0;
  std::string name;
  std::string set;          ///< ranks: only triples of the column "set.<set>"; empty = all
  std::string counts = {};  ///< the column with the counts of UnitValues; empty = none

  auto operator<=>(const UnitColumn&) const = default;
};

/// Raw columns of a record by row of the comparison and seed, each file read once. A file that is
/// there but is not the one that the record has the SHA-256 of is an InputError (unreadable): what
/// is made of it would pass for the run's. Not thread-safe.
class RawUnits {
 public:
  RawUnits(const reports::RunRecord& record, std::filesystem::path folder);

  /// The values of a row and seed: the mean over its views where several have them (ranks of views
  /// made for one attribute each). Undefined, with the name of the file, where one is gone
  /// or without the column.
  [[nodiscard]] const metrics::stats::Outcome<UnitValues>& values(const reports::SystemView& row,
                                                                  std::uint64_t seed,
                                                                  const UnitColumn& column);

  /// Whether the record names a raw file of the row and seed. A training that diverged has none.
  [[nodiscard]] bool has_file(const reports::SystemView& row, std::uint64_t seed) const {
    return !lines(row, seed).empty();
  }

  /// Ranks as single predictions, head and tail of every triple in turn, for each of the row's
  /// views: the values whose means are the ranking facts. `column` is no kColumn.
  [[nodiscard]] metrics::stats::Outcome<std::vector<std::vector<double>>> predictions(
      const reports::SystemView& row, std::uint64_t seed, const UnitColumn& column);

 private:
  using Columns = std::vector<reports::RawColumn>;
  [[nodiscard]] const metrics::stats::Outcome<Columns>& file(const reports::RawLine& line);
  /// The row's raw files of a seed, a later line for an earlier one of the same file.
  [[nodiscard]] std::map<std::string, const reports::RawLine*> lines(const reports::SystemView& row,
                                                                     std::uint64_t seed) const;
  [[nodiscard]] metrics::stats::Outcome<UnitValues> read(const reports::SystemView& row,
                                                         std::uint64_t seed,
                                                         const UnitColumn& column);

  const reports::RunRecord& record_;
  std::filesystem::path folder_;
  std::map<std::string, metrics::stats::Outcome<Columns>> files_;
  std::map<std::tuple<std::string, std::string, std::uint64_t, UnitColumn>,
           metrics::stats::Outcome<UnitValues>>
      values_;
};

}  // namespace kgaudit::run
