#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/dataset.hpp"
#include "reports/record/job_lines.hpp"
#include "reports/record/run_record.hpp"
#include "suite/base/progress.hpp"
#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"

namespace kgaudit::run {

/// Carries out the runs that a larger job consists of, each a run of its own with a folder and a
/// record. A run that was interrupted is continued, one that is finished is read back.
class PartRuns {
 public:
  /// The parts go by the options of the whole job but for `directory` and `resume`.
  PartRuns(JobOptions job, Progress& whole) : job_(std::move(job)), whole_(whole) {}

  /// What one part decided for all others, see RunOptions.
  void measure_after(std::map<std::uint64_t, std::uint32_t> epochs) { epochs_ = std::move(epochs); }

  /// The record of `plan` run in `folder`. `done` of the job's steps were finished before it, and
  /// `label` says on the job's progress line what this one is.
  [[nodiscard]] reports::RunRecord run(const Plan& plan, const std::filesystem::path& folder,
                                       std::uint64_t done, const std::string& label);

 private:
  JobOptions job_;
  Progress& whole_;
  std::map<std::uint64_t, std::uint32_t> epochs_;
  std::set<std::string, std::less<>> warned_;  ///< every part would say the same of the machine
};

/// `plan` with these systems and metrics alone; those it lacks come at their defaults.
[[nodiscard]] Plan part_of(const Plan& plan, const std::vector<std::string>& systems,
                           const std::vector<std::string>& metrics);
/// Sets a value in a section that the plan has. Throws InputError as Parameters::set does.
void set_value(Plan& plan, std::string_view section, std::string_view name,
               const ParameterValue& value);

/// Makes the job's folder. Throws InputError (usage) if it cannot be made.
void make_job_directory(const JobOptions& options);
[[nodiscard]] reports::RecordFile::Start record_start(const JobOptions& options);
/// What the record of a job says first: the plan with its hash and its seeds, and the data.
[[nodiscard]] reports::JobLine job_line(const Plan& plan, const datasets::Dataset& data,
                                        const JobOptions& options);

}  // namespace kgaudit::run
