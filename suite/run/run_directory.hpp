#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "suite/plan/plan.hpp"
#include "suite/run/job_options.hpp"

namespace kgaudit::run {

/// Where the files of one run lie:
///   plan.toml      the resolved plan
///   record.jsonl   the record, all that reports are made from
///   raw/           per-triple and per-person columns
///   checkpoints/   of pairs (system, seed) that are not finished
///   embeddings/    the final rows of each view, where the run was told to keep them
/// Reports lie beside them.
class RunDirectory {
 public:
  /// Once: a fresh start of what cannot be resumed.
  enum class Start { kFresh, kResume, kOnce };

  /// Makes the folder and writes the plan into it, before any work is done. Throws InputError:
  /// usage if the folder cannot be written, (fresh) already holds a run, or holds anything else,
  /// which a run might overwrite; not comparable if
  /// (resume) it holds a run of another plan, with the first keys that differ.
  RunDirectory(std::filesystem::path root, const Plan& plan, Start start);

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path record() const { return record_in(root_); }
  /// Relative to root().
  [[nodiscard]] static std::string raw_name(std::string_view system, std::string_view view,
                                            std::uint64_t seed);
  [[nodiscard]] std::filesystem::path checkpoint(std::string_view system, std::uint64_t seed) const;
  [[nodiscard]] std::filesystem::path best_checkpoint(std::string_view system,
                                                      std::uint64_t seed) const;
  /// Takes back what was written so far, for a run that cannot begin. A run with a record stays.
  void abandon() const;
  /// Takes back all of a run that ended before its end and cannot be gone on with: plan, record and
  /// raw columns.
  void discard() const;
  /// Removes the checkpoints of a finished pair.
  void forget_checkpoints(std::string_view system, std::uint64_t seed) const;

  /// The folder of a view's final rows.
  [[nodiscard]] std::filesystem::path embedding(std::string_view system, std::string_view view,
                                                std::uint64_t seed) const;
  [[nodiscard]] static std::filesystem::path embeddings_in(const std::filesystem::path& root);

  [[nodiscard]] static std::filesystem::path record_in(const std::filesystem::path& root);
  /// Whether a run began there. A folder whose run failed before its record was opened, because
  /// the data was missing, say, counts as empty.
  [[nodiscard]] static bool holds_run(const std::filesystem::path& root);

 private:
  std::filesystem::path root_;
};

/// Throws InputError (usage) if the folder holds anything that is not `is_ours`: a job that begins
/// there could overwrite it. A folder that is not there holds nothing.
void refuse_foreign_folder(
    const std::filesystem::path& folder,
    const std::function<bool(const std::filesystem::directory_entry&)>& is_ours);

/// The folder of a job: the one of the options, else the plan's run.out, else
/// kgaudit-runs/<graph_name>-<first 8 of the plan hash>, for a job of several runs with "<job>-"
/// before the hash. Of these a fresh start takes the first of that name, -2, -3 ... that is not
/// taken, a resume the last that is; it looks under the name of earlier versions too (see
/// graph_name_by_path). A job of one run, which has no name, leaves folders to others
/// that hold no run. `named_after` takes the place of the graph's name.
[[nodiscard]] std::filesystem::path job_directory(const Plan& plan, const JobOptions& options,
                                                  std::string_view job = "",
                                                  const std::string& named_after = "");

}  // namespace kgaudit::run
