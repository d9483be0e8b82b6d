#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/metric.hpp"
#include "metrics/ranking.hpp"
#include "reports/record/raw_store.hpp"

namespace kgaudit::run {

/// Rank counts as columns "rank.<filtered|raw>.<head|tail>.<better|equal|candidates>" over the test
/// triples: enough to aggregate anew with any tie policy. `places` says where in the test set each
/// ranked triple stands, for the columns' ids; as long as the ranks.
[[nodiscard]] std::vector<reports::RawColumn> rank_columns(const metrics::RankTable& ranks,
                                                           std::span<const std::uint32_t> places);

[[nodiscard]] reports::RawColumn raw_column(metrics::RawSeries series);

}  // namespace kgaudit::run
