#pragma once

#include "reports/record/search_record.hpp"
#include "reports/record/sweep_record.hpp"

namespace kgaudit::reports::tests {

/// A search of two systems, the second with three trials of which the last failed.
[[nodiscard]] SearchRecord example_search();

/// A sweep of three runs, all finished; the last has no probe.
[[nodiscard]] SweepRecord example_sweep();

/// The record as a file, line by line.
[[nodiscard]] std::string bytes_of(const SearchRecord& search);
[[nodiscard]] std::string bytes_of(const SweepRecord& sweep);

}  // namespace kgaudit::reports::tests
