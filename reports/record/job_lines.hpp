#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reports/record/record_line.hpp"

namespace kgaudit::reports {

/// Schema of the records of jobs that consist of several runs: searches and sweeps. Every run has a
/// record of its own besides. Within one schema version keys are never added, dropped or given
/// another meaning.
inline constexpr int kJobSchema = 2;

/// What every job of several runs says first: what is done on what data.
struct JobLine {
  std::string plan = "{}";  ///< the plan as JSON; `canonical_json` form when read back
  std::string plan_hash;
  std::string dataset;               ///< data set id; "" in searches of schema 1
  TextMap data_files;                ///< file name -> SHA-256, hex; empty in searches of schema 1
  std::string graph_hash;            ///< "" in searches of schema 1
  std::vector<std::uint64_t> seeds;  ///< that every run trains with
  std::string started;  ///< start time as the caller wrote it; reports show it, nothing reads it

  bool operator==(const JobLine&) const = default;
};

/// The keys of a JobLine, in the order of its members.
void write_job(LineWriter& w, const JobLine& job);
[[nodiscard]] JobLine read_job(ObjectReader& r);

/// "plan", "data" or "list of seeds": the first in which two jobs differ; "" if they are the same
/// job. The start times may differ.
[[nodiscard]] std::string difference(const JobLine& on_file, const JobLine& wanted);

/// Throws InputError (not comparable) unless `differs` is empty: `file` holds a job with another
/// one of these.
void refuse_other_job(const std::filesystem::path& file, const std::string& differs);

}  // namespace kgaudit::reports
