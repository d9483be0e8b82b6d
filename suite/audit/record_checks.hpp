#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.hpp"
#include "reports/record/run_record.hpp"
#include "suite/audit/check.hpp"
#include "suite/base/progress.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

// What can be held against a record without training anything again. `folder` is the record's.

/// What check_rank_metrics is called among the checks.
inline constexpr const char* kRankMetrics = "metrics of ranks from raw ranks";

/// What check_data found, and the data where they could be loaded.
struct CheckedData {
  std::vector<Check> checks;
  std::optional<datasets::Dataset> data;  ///< as the run trained and measured on them
};

/// Data files and graph, read again, against their hashes. Of an audit also the file about people
/// and the files of the embedding, where they lay.
[[nodiscard]] CheckedData check_data(const reports::RunRecord& record, const Plan& plan,
                                     const std::string& mirror, Progress& progress);

/// Whether all facts are of systems and seeds of the plan. Skipped, with what is missing, where the
/// run is not finished.
[[nodiscard]] Check check_rows_of_plan(const reports::RunRecord& record, const Plan& plan);

/// Whether every finished training has its epochs on record, numbered from 1.
[[nodiscard]] Check check_epochs(const reports::RunRecord& record);

/// Findings about the data, looked for again: checks, subjects and counts. What a trained model
/// gives rise to is not among them.
[[nodiscard]] Check check_data_findings(const reports::RunRecord& record, const Plan& plan,
                                        const datasets::Dataset& data);

/// The rows that a run kept against the hashes that were written beside them; nothing for a run
/// that kept none. Throws InputError (unsafe) for a file outside its folder.
[[nodiscard]] std::vector<Check> check_kept_embeddings(const std::filesystem::path& folder);

/// Raw files against their hashes: one check for each that is not as recorded, and one for the
/// rest. Throws InputError (unsafe) for a raw file outside the folder.
[[nodiscard]] std::vector<Check> check_raw_files(const reports::RunRecord& record,
                                                 const std::filesystem::path& folder);

/// MRR and Hits of the whole test set, made again from the raw ranks. A fact is a mean over both
/// sides of every triple in order, so the raw columns give its very bits.
[[nodiscard]] Check check_ranking(const reports::RunRecord& record,
                                  const std::filesystem::path& folder, CheckedFacts& checked);

/// Every fact of the metrics that look at ranks and data alone, made again from the raw ranks of
/// each row with these data. Throws Interrupted when the user asks to stop.
[[nodiscard]] Check check_rank_metrics(const reports::RunRecord& record,
                                       const std::filesystem::path& folder, const Plan& plan,
                                       const datasets::Dataset& data, ThreadPool& pool,
                                       CheckedFacts& checked, Progress& progress);

/// Accuracies of probes, made again from what each of them answered about each person.
[[nodiscard]] Check check_probes(const reports::RunRecord& record,
                                 const std::filesystem::path& folder, CheckedFacts& checked);

/// The tests between systems, made again; skipped for a run that is not complete.
[[nodiscard]] Check check_tests(const reports::RunRecord& record,
                                const std::filesystem::path& folder, const Plan& plan,
                                ThreadPool& pool, CheckedFacts& checked);

/// How many facts were made again, and of which metrics others were not. What depends on the clock
/// is never compared.
[[nodiscard]] Check facts_left(const reports::RunRecord& record, const CheckedFacts& checked);

/// What a record was made with, against this program and machine.
struct Surroundings {
  std::string difference;  ///< the first one, for the reader; empty without one
  bool may_change_bits = false;
};
[[nodiscard]] Surroundings surroundings_of(const reports::RunRecord& record);

}  // namespace kgaudit::run
