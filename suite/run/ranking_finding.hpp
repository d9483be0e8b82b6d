#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "metrics/metric.hpp"
#include "reports/record/run_record.hpp"

namespace kgaudit::run {

/// What a reader must know of a row's ranking before any other figure of it: that it is no better
/// than a random order (its adjusted mean rank index is at most 0, or neither it nor the MRR is
/// above 0 by more than random orders are by chance), or that no query has a second candidate, so
/// that every rank is 1 whatever the embedding. Nothing for a ranking that says something.
[[nodiscard]] std::optional<reports::FindingLine> ranking_finding(
    std::string_view system, std::string_view row, std::uint64_t seed,
    std::span<const metrics::Fact> facts);

}  // namespace kgaudit::run
