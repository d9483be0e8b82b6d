#include "metrics/formulas/group_separation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;

/// One side of a comparison.
struct SideOfGroup {
  Eigen::RowVectorXd mean;
  double n = 0.0;
  double within = 0.0;  ///< sum of squared distances from the mean

  [[nodiscard]] double trace() const { return within / (n - 1.0); }
};

SideOfGroup side_from(const Eigen::RowVectorXd& sum, double squares, double n) {
  return {sum / n, n, std::max(0.0, squares - sum.squaredNorm() / n)};
}

/// The group and the rest.
std::pair<SideOfGroup, SideOfGroup> sides_of(const GroupSums& sums, std::uint32_t group) {
  const Eigen::RowVectorXd own = sums.sums.row(group);
  const double n = std::accumulate(sums.counts.begin(), sums.counts.end(), 0.0);
  const double squares = std::accumulate(sums.squares.begin(), sums.squares.end(), 0.0);
  return {side_from(own, sums.squares[group], sums.counts[group]),
          side_from(sums.sums.colwise().sum() - own, squares - sums.squares[group],
                    n - sums.counts[group])};
}

}  // namespace

GroupSums group_sums(const RowMatrix& rows, std::span<const std::uint32_t> labels,
                     std::uint32_t classes) {
  KGA_REQUIRE(static_cast<std::size_t>(rows.rows()) == labels.size(), "{} labels of {} rows",
              labels.size(), rows.rows());
  GroupSums result{RowMatrix::Zero(classes, rows.cols()), std::vector<double>(classes, 0.0),
                   std::vector<double>(classes, 0.0)};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = rows.row(static_cast<Index>(i));
    result.sums.row(labels[i]) += row;
    result.squares[labels[i]] += row.squaredNorm();
    result.counts[labels[i]] += 1.0;
  }
  return result;
}

std::optional<double> explained_spread(const GroupSums& sums) {
  const double n = std::accumulate(sums.counts.begin(), sums.counts.end(), 0.0);
  const auto groups = static_cast<double>(sums.counts.size());
  if (groups < 2.0 || n <= groups) return std::nullopt;
  const Eigen::RowVectorXd all = sums.sums.colwise().sum();
  const double squares = std::accumulate(sums.squares.begin(), sums.squares.end(), 0.0);
  const double total = side_from(all, squares, n).within;
  double within = 0.0;
  for (std::size_t g = 0; g < sums.counts.size(); ++g) {
    if (sums.counts[g] == 0.0) return std::nullopt;
    within +=
        side_from(sums.sums.row(static_cast<Index>(g)), sums.squares[g], sums.counts[g]).within;
  }
  if (!(total > 0.0)) return std::nullopt;
  return 1.0 - (within / (n - groups)) / (total / (n - 1.0));
}

std::optional<Separation> separation(const GroupSums& sums, std::uint32_t group) {
  const auto [own, rest] = sides_of(sums, group);
  if (own.n < 2.0 || rest.n < 2.0) return std::nullopt;
  const double spread = (own.within + rest.within) / (own.n + rest.n - 2.0);
  if (!(spread > 0.0)) return std::nullopt;
  const double apart = (own.mean - rest.mean).squaredNorm();
  return Separation{(apart - own.trace() / own.n - rest.trace() / rest.n) / spread,
                    std::sqrt(apart / spread)};
}

std::vector<double> separation_influence(const RowMatrix& rows,
                                         std::span<const std::uint32_t> labels,
                                         const GroupSums& sums, std::uint32_t group) {
  const auto value = separation(sums, group);
  if (!value) return {};
  const auto [own, rest] = sides_of(sums, group);
  const Eigen::RowVectorXd apart = own.mean - rest.mean;
  const double spread = (own.within + rest.within) / (own.n + rest.n - 2.0);
  std::vector<double> influence;
  influence.reserve(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const SideOfGroup& side = labels[i] == group ? own : rest;
    const double sign = labels[i] == group ? 1.0 : -1.0;
    const Eigen::RowVectorXd away = rows.row(static_cast<Index>(i)) - side.mean;
    // The ratio's error is that of its numerator, less that of its denominator as often as it fits.
    const double numerator = 2.0 * sign * away.dot(apart) / side.n;
    const double denominator = (away.squaredNorm() - spread) / (own.n + rest.n);
    influence.push_back((numerator - value->separation * denominator) / spread);
  }
  return influence;
}

}  // namespace kgaudit::metrics
