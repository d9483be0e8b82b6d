#pragma once

#include <cstdint>
#include <string>

#include "datasets/dataset.hpp"
#include "suite/plan/plan.hpp"

namespace kgaudit::run {

/// What a run is estimated to hold in memory at once, told from its plan and its data before a
/// table is made. What systems keep or publish beside their own table is left out (adversaries,
/// filters and the rows that Bose's filters give), and so is what probes of persons take. In bytes.
struct MemoryEstimate {
  std::uint64_t data = 0;       ///< this process with the data loaded
  std::uint64_t tables = 0;     ///< rows of all trainings of a seed
  std::uint64_t optimizer = 0;  ///< what the update rule keeps for these rows
  std::uint64_t batch = 0;      ///< rows, gradients and candidates' scores of a batch
  std::uint64_t measured = 0;   ///< the rows that are measured, and the scores of a ranking
  std::uint64_t scores = 0;     ///< of `measured`: those of a ranking, which grow with the threads
  std::size_t trainings = 0;    ///< side by side
  std::string rule = {};        ///< id of the optimiser

  [[nodiscard]] std::uint64_t total() const { return data + tables + optimizer + batch + measured; }
  /// "1.2 GiB: 0.3 GiB for the data, ..."
  [[nodiscard]] std::string in_words() const;
  /// What makes the largest part smaller that a plan decides on, where there are `limit` bytes.
  [[nodiscard]] std::string advice(std::uint64_t limit) const;
};

/// `data` are loaded.
[[nodiscard]] MemoryEstimate memory_estimate(const Plan& plan, const datasets::Dataset& data);

/// Throws InputError (usage) at --max-memory where the estimate is above `limit`, with its parts
/// and what makes it smaller.
void require_memory(const MemoryEstimate& estimate, std::uint64_t limit);

}  // namespace kgaudit::run
