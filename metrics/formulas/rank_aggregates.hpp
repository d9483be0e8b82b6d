#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "metrics/ranking.hpp"

namespace kgaudit::metrics {

/// Aggregates of ranks (names and adjusted forms as in Hoyt et al. 2022 and PyKEEN).
/// Ranks are 1 = best and may be halves (realistic ties); `candidates[i]` is how many answers
/// prediction i was ranked among, the true one included. Every list must be non-empty.
[[nodiscard]] double mean_reciprocal_rank(std::span<const double> ranks);
[[nodiscard]] double mean_rank(std::span<const double> ranks);
[[nodiscard]] double geometric_mean_rank(std::span<const double> ranks);
[[nodiscard]] double median_rank(std::span<const double> ranks);
/// Share of ranks <= k.
[[nodiscard]] double hits_at(std::span<const double> ranks, double k);

/// What a random order of the candidates would give on average:
/// E[MR] = mean (C + 1) / 2, E[MRR] = mean H(C) / C, E[H@k] = mean min(k / C, 1).
[[nodiscard]] double expected_mean_rank(std::span<const std::uint32_t> candidates);
[[nodiscard]] double expected_mean_reciprocal_rank(std::span<const std::uint32_t> candidates);
[[nodiscard]] double expected_hits_at(std::span<const std::uint32_t> candidates, double k);
/// Var MRR under a random order: (1/n^2) sum (C H2(C) - H(C)^2) / C^2.
[[nodiscard]] double mean_reciprocal_rank_variance(std::span<const std::uint32_t> candidates);

/// AMR = MR / E[MR]: 1 = random, smaller is better.
[[nodiscard]] double adjusted_mean_rank(std::span<const double> ranks,
                                        std::span<const std::uint32_t> candidates);
/// AMRI = 1 - (MR - 1) / (E[MR] - 1): 1 = perfect, 0 = random. BrokenInvariant when every
/// prediction has one candidate (E[MR] = 1): the caller says Undefined.
[[nodiscard]] double adjusted_mean_rank_index(std::span<const double> ranks,
                                              std::span<const std::uint32_t> candidates);
/// (value - expected) / (1 - expected): 1 = perfect, 0 = random. For AMRR and adjusted H@k;
/// `expected` must be below 1.
[[nodiscard]] double chance_adjusted(double value, double expected);

/// Which predictions an aggregate runs over.
enum class Side { kHead, kTail, kBoth };
enum class Filter { kFiltered, kRaw };

/// Ranks in triple order with what belongs to them. With Side::kBoth every triple gives its head
/// and then its tail prediction, so one triple's predictions stand together as one cluster.
struct Predictions {
  std::vector<double> ranks;
  std::vector<std::uint32_t> candidates;
  std::vector<std::uint32_t> triples;  ///< index into the RankTable: the cluster
};

/// `chosen` are indices into the table, ascending.
[[nodiscard]] Predictions predictions(const RankTable& table, std::span<const std::uint32_t> chosen,
                                      Side side, Filter filter, TiePolicy policy);
/// All triples of the table.
[[nodiscard]] Predictions predictions(const RankTable& table, Side side, Filter filter,
                                      TiePolicy policy);

/// 1 / rank of each.
[[nodiscard]] std::vector<double> reciprocal(std::span<const double> ranks);

}  // namespace kgaudit::metrics
