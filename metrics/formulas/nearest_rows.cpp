#include "metrics/formulas/nearest_rows.hpp"

#include <algorithm>
#include <numeric>

#include "metrics/formulas/feature_products.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {

using Eigen::Index;

std::vector<std::uint32_t> nearest_rows(const FeatureMatrix& rows, std::size_t k, Rng rng,
                                        ThreadPool& pool) {
  constexpr std::size_t kBlock = 64;
  const auto n = static_cast<std::size_t>(rows.rows());
  KGA_REQUIRE(k > 0 && k < n, "{} neighbours of {} rows", k, n);
  const FeatureMatrix unit = rows.rowwise().normalized();
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  rng.shuffle(std::span<std::uint32_t>(order));
  std::vector<std::uint32_t> nearest(n * k);
  pool.run((n + kBlock - 1) / kBlock, [&](std::size_t block, std::size_t) {
    const std::size_t first = block * kBlock;
    const std::size_t count = std::min(kBlock, n - first);
    const FeatureMatrix cosines = product_by_transposed(
        unit.middleRows(static_cast<Index>(first), static_cast<Index>(count)), unit);
    std::vector<std::uint32_t> others(n - 1);
    for (std::size_t i = 0; i < count; ++i) {
      const float* own = cosines.row(static_cast<Index>(i)).data();
      const auto self = static_cast<std::uint32_t>(first + i);
      std::uint32_t next = 0;
      for (std::uint32_t& other : others) {
        if (next == self) ++next;
        other = next++;
      }
      std::ranges::partial_sort(others, others.begin() + static_cast<std::ptrdiff_t>(k),
                                [&](std::uint32_t a, std::uint32_t b) {
                                  return own[a] != own[b] ? own[a] > own[b] : order[a] < order[b];
                                });
      std::copy_n(others.begin(), k, nearest.begin() + static_cast<std::ptrdiff_t>(self * k));
    }
  });
  return nearest;
}

NeighbourShares neighbour_shares(std::span<const std::uint32_t> nearest, std::size_t k,
                                 std::span<const std::uint32_t> labels, std::uint32_t classes) {
  const std::size_t n = labels.size();
  KGA_REQUIRE(nearest.size() == n * k && n > 1, "{} neighbours of {} rows", nearest.size(), n);
  NeighbourShares result;
  std::vector<double> counts(classes, 0.0);
  result.share.assign(classes, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto same = std::ranges::count_if(
        nearest.subspan(i * k, k), [&](std::uint32_t j) { return labels[j] == labels[i]; });
    result.of_row.push_back(static_cast<double>(same) / static_cast<double>(k));
    result.share[labels[i]] += result.of_row.back();
    counts[labels[i]] += 1.0;
  }
  double sum = 0.0;
  double groups = 0.0;
  for (std::uint32_t g = 0; g < classes; ++g) {
    const double expected = (counts[g] - 1.0) / static_cast<double>(n - 1);
    result.expected.push_back(expected);
    result.lift.emplace_back();
    if (counts[g] == 0.0 || !(expected < 1.0)) continue;
    result.share[g] /= counts[g];
    result.lift.back() = (result.share[g] - expected) / (1.0 - expected);
    sum += *result.lift.back();
    groups += 1.0;
  }
  if (groups > 0.0) result.macro = sum / groups;
  return result;
}

}  // namespace kgaudit::metrics
