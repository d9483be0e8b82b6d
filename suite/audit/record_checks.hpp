#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reports/record/run_record.hpp"
#include "suite/audit/check.hpp"
#include "suite/base/progress.hpp"
#include "suite/base/thread_pool.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

// What can be held against a record without training anything again. `folder` is the record's.

/// Data files and graph, read again, against their hashes. Of an audit also the file about people
/// and the files of the embedding, where they lay.
[[nodiscard]] std::vector<Check> check_data(const reports::RunRecord& record, const Plan& plan,
                                            const std::string& mirror, Progress& progress);

/// Raw files against their hashes: one check for each that is not as recorded, and one for the
/// rest. Throws InputError (unsafe) for a raw file outside the folder.
[[nodiscard]] std::vector<Check> check_raw_files(const reports::RunRecord& record,
                                                 const std::filesystem::path& folder);

/// MRR and Hits of the whole test set, made again from the raw ranks. A fact is a mean over both
/// sides of every triple in order, so the raw columns give its very bits.
[[nodiscard]] Check check_ranking(const reports::RunRecord& record,
                                  const std::filesystem::path& folder);

/// The tests between systems, made again; skipped for a run that is not complete.
[[nodiscard]] Check check_tests(const reports::RunRecord& record,
                                const std::filesystem::path& folder, const Plan& plan,
                                ThreadPool& pool);

/// The first difference of build or machine that can change bits, for the reader; empty where what
/// is computed again can be compared.
[[nodiscard]] std::string other_surroundings(const reports::RunRecord& record);

}  // namespace kgaudit::run
