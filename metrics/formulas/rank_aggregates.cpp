#include "metrics/formulas/rank_aggregates.hpp"

#include <algorithm>
#include <numeric>

#include "metrics/stats/estimates.hpp"
#include "suite/base/distributions/distributions.hpp"
#include "suite/base/error.hpp"
#include "suite/base/median.hpp"
#include "suite/base/vectors/portable_math.hpp"

namespace kgaudit::metrics {
namespace {

/// Mean of `term(item)`; one place for the "must not be empty" rule.
template <typename Item, typename Term>
double mean_of(std::span<const Item> items, Term term) {
  KGA_REQUIRE(!items.empty(), "an aggregate of no predictions");
  double sum = 0.0;
  for (const Item& item : items) sum += term(item);
  return sum / static_cast<double>(items.size());
}

}  // namespace

double mean_reciprocal_rank(std::span<const double> ranks) {
  return mean_of(ranks, [](double r) { return 1.0 / r; });
}

double mean_rank(std::span<const double> ranks) {
  return mean_of(ranks, [](double r) { return r; });
}

double geometric_mean_rank(std::span<const double> ranks) {
  return portable::exp(mean_of(ranks, [](double r) { return portable::log(r); }));
}

double median_rank(std::span<const double> ranks) {
  KGA_REQUIRE(!ranks.empty(), "a median of no predictions");
  return median(ranks);
}

double hits_at(std::span<const double> ranks, double k) {
  return mean_of(ranks, [k](double r) { return r <= k ? 1.0 : 0.0; });
}

double expected_mean_rank(std::span<const std::uint32_t> candidates) {
  return mean_of(candidates, [](std::uint32_t c) { return (static_cast<double>(c) + 1.0) / 2.0; });
}

double expected_mean_reciprocal_rank(std::span<const std::uint32_t> candidates) {
  return mean_of(candidates, [](std::uint32_t c) {
    return distributions::harmonic(c) / static_cast<double>(c);
  });
}

double expected_hits_at(std::span<const std::uint32_t> candidates, double k) {
  return mean_of(candidates,
                 [k](std::uint32_t c) { return std::min(k / static_cast<double>(c), 1.0); });
}

double mean_reciprocal_rank_variance(std::span<const std::uint32_t> candidates) {
  const double mean_variance = mean_of(candidates, [](std::uint32_t c) {
    const auto count = static_cast<double>(c);
    const double h = distributions::harmonic(c);
    return (count * distributions::harmonic_squares(c) - h * h) / (count * count);
  });
  return mean_variance / static_cast<double>(candidates.size());
}

double adjusted_mean_rank(std::span<const double> ranks,
                          std::span<const std::uint32_t> candidates) {
  return mean_rank(ranks) / expected_mean_rank(candidates);
}

double adjusted_mean_rank_index(std::span<const double> ranks,
                                std::span<const std::uint32_t> candidates) {
  const double expected = expected_mean_rank(candidates);
  KGA_REQUIRE(expected > 1.0, "every prediction has one candidate");
  return 1.0 - (mean_rank(ranks) - 1.0) / (expected - 1.0);
}

double chance_adjusted(double value, double expected) {
  KGA_REQUIRE(expected < 1.0, "expected = {}", expected);
  return (value - expected) / (1.0 - expected);
}

Predictions predictions(const RankTable& table, std::span<const std::uint32_t> chosen, Side side,
                        Filter filter, TiePolicy policy) {
  const bool filtered = filter == Filter::kFiltered;
  const auto& heads = filtered ? table.filtered_head : table.raw_head;
  const auto& tails = filtered ? table.filtered_tail : table.raw_tail;
  Predictions result;
  const auto add = [&](const RankCounts& counts, std::uint32_t triple) {
    result.ranks.push_back(rank_of(counts, policy));
    result.candidates.push_back(counts.candidates);
    result.triples.push_back(triple);
  };
  for (const std::uint32_t i : chosen) {
    if (side != Side::kTail) add(heads[i], i);
    if (side != Side::kHead) add(tails[i], i);
  }
  return result;
}

Predictions predictions(const RankTable& table, Side side, Filter filter, TiePolicy policy) {
  std::vector<std::uint32_t> all(table.triples.size());
  std::iota(all.begin(), all.end(), 0U);
  return predictions(table, all, side, filter, policy);
}

std::vector<double> reciprocal(std::span<const double> ranks) {
  std::vector<double> result;
  result.reserve(ranks.size());
  for (const double r : ranks) result.push_back(1.0 / r);
  return result;
}

}  // namespace kgaudit::metrics
