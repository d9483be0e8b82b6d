#include "suite/run/raw_columns.hpp"

#include <span>
#include <utility>

#include <fmt/format.h>

#include "suite/base/error.hpp"

namespace kgaudit::run {
namespace {

using Count = std::uint32_t metrics::RankCounts::*;

reports::RawColumn counts_column(std::string name, std::span<const metrics::RankCounts> ranks,
                                 std::span<const std::uint32_t> places, Count which) {
  std::vector<std::uint32_t> values;
  values.reserve(ranks.size());
  for (const metrics::RankCounts& counts : ranks) values.push_back(counts.*which);
  return {std::move(name), "test triple", {places.begin(), places.end()}, std::move(values)};
}

}  // namespace

std::vector<reports::RawColumn> rank_columns(const metrics::RankTable& ranks,
                                             std::span<const std::uint32_t> places) {
  KGA_REQUIRE(places.size() == ranks.triples.size(), "{} places of {} ranked triples",
              places.size(), ranks.triples.size());
  const std::pair<const char*, std::span<const metrics::RankCounts>> sides[] = {
      {"filtered.head", ranks.filtered_head},
      {"filtered.tail", ranks.filtered_tail},
      {"raw.head", ranks.raw_head},
      {"raw.tail", ranks.raw_tail},
  };
  const std::pair<const char*, Count> counts[] = {
      {"better", &metrics::RankCounts::better},
      {"equal", &metrics::RankCounts::equal},
      {"candidates", &metrics::RankCounts::candidates},
  };
  std::vector<reports::RawColumn> columns;
  for (const auto& [side, values] : sides) {
    for (const auto& [name, which] : counts) {
      columns.push_back(
          counts_column(fmt::format("rank.{}.{}", side, name), values, places, which));
    }
  }
  return columns;
}

reports::RawColumn raw_column(metrics::RawSeries series) {
  return {std::move(series.name), std::move(series.unit), std::move(series.ids),
          std::move(series.values)};
}

}  // namespace kgaudit::run
