#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace kgaudit::run {

/// How a job (a run, a search, a sweep) is carried out, beyond its plan. Nothing here changes a
/// number.
struct JobOptions {
  std::filesystem::path directory;  ///< of its files; empty = as `job_directory` says
  bool resume = false;              ///< go on with the interrupted job of that directory
  std::string mirror;               ///< where to fetch from; empty = as the datasets room decides
  bool keep_embeddings = false;     ///< of each system and seed, beside the record
  std::string started;              ///< the time as text, for the record's first line
  /// Refuse a run that will hold more bytes, before it trains (MemoryEstimate); nothing: warn where
  /// it is more than the machine has.
  std::optional<std::uint64_t> max_memory = {};
};

}  // namespace kgaudit::run
