#pragma once

#include <string>

#include "reports/record/run_record.hpp"

namespace kgaudit::reports::tests {

/// A small run made by hand: basic and kl+attr, two seeds, gender and religion, one undefined fact.
[[nodiscard]] RunRecord example_record();

/// The example with a fact for every table of the report: tests between systems, groups, parts of
/// the test set, relations, popularity, and a notice.
[[nodiscard]] RunRecord whole_record();

/// That with the facts that audits alone measure: groups' rows, proxies, parity and association of
/// professions.
[[nodiscard]] RunRecord audited_record();

/// The example with names that try to break out of Markdown, HTML, LaTeX and gnuplot.
[[nodiscard]] RunRecord hostile_record();

/// The record as a file.
[[nodiscard]] std::string example_bytes();

/// A defined measurement line of seed 1 that tests change as they need.
[[nodiscard]] MeasurementLine fact(std::string system, std::uint64_t seed, std::string metric,
                                   std::map<std::string, std::string> facets, double value,
                                   Direction direction = Direction::kDescriptive,
                                   std::string unit = "");

}  // namespace kgaudit::reports::tests
