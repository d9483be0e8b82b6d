#include "metrics/stats/clusters.hpp"

#include <map>
#include <numeric>

#include <fmt/format.h>

namespace kgaudit::metrics::stats {

Outcome<ClusteredValues> ClusteredValues::gather(Columns columns,
                                                 std::span<const std::uint32_t> clusters,
                                                 std::span<const std::uint32_t> strata) {
  KGA_REQUIRE(!columns.empty(), "no columns");
  KGA_REQUIRE(strata.empty() || strata.size() == clusters.size(), "{} strata of {} values",
              strata.size(), clusters.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    KGA_REQUIRE(columns[c].size() == clusters.size(), "column {} has {} values for {} clusters", c,
                columns[c].size(), clusters.size());
    if (const auto why = unusable(columns[c], 2)) return *why;
  }
  struct Place {
    std::uint32_t stratum = 0;
    std::size_t at = 0;
  };
  // Clusters in the order of (stratum, first appearance), so that input order decides, not ids.
  std::map<std::uint32_t, Place> places;
  std::map<std::uint32_t, std::size_t> counts;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const std::uint32_t stratum = strata.empty() ? 0 : strata[i];
    const auto [place, is_new] = places.try_emplace(clusters[i], Place{stratum, 0});
    KGA_REQUIRE(place->second.stratum == stratum, "cluster {} lies in strata {} and {}",
                clusters[i], place->second.stratum, stratum);
    if (is_new) place->second.at = counts[stratum]++;
  }
  if (places.size() < 2) return Undefined{"1 cluster, 2 or more are needed"};
  ClusteredValues result;
  result.strata_ = {0};
  std::map<std::uint32_t, std::size_t> begins;
  for (const auto& [stratum, count] : counts) {
    begins[stratum] = result.strata_.back();
    result.strata_.push_back(result.strata_.back() + count);
  }
  for (auto& [id, place] : places) place.at += begins[place.stratum];
  result.sizes_.assign(places.size(), 0.0);
  result.sums_.assign(columns.size(), std::vector<double>(places.size(), 0.0));
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    const std::size_t at = places.at(clusters[i]).at;
    result.sizes_[at] += 1.0;
    for (std::size_t c = 0; c < columns.size(); ++c) result.sums_[c][at] += columns[c][i];
  }
  return result;
}

Outcome<ClusteredValues> ClusteredValues::each(Columns columns,
                                               std::span<const std::uint32_t> strata) {
  KGA_REQUIRE(!columns.empty(), "no columns");
  std::vector<std::uint32_t> own(columns.front().size());
  std::iota(own.begin(), own.end(), 0U);
  return gather(columns, own, strata);
}

std::span<const double> ClusteredValues::sums(std::size_t column) const {
  KGA_REQUIRE(column < sums_.size(), "column {} of {}", column, sums_.size());
  return sums_[column];
}

double ClusteredValues::mean(std::size_t column) const {
  const auto total = sums(column);
  return std::accumulate(total.begin(), total.end(), 0.0) /
         std::accumulate(sizes_.begin(), sizes_.end(), 0.0);
}

}  // namespace kgaudit::metrics::stats
