#include "metrics/formulas/group_projection.hpp"

#include <cmath>

#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;

/// Sums of rows and their number, inside the group and outside.
struct TwoSums {
  explicit TwoSums(Index dimension)
      : inside(Eigen::RowVectorXd::Zero(dimension)), outside(inside) {}

  void add(const Eigen::RowVectorXd& row, bool in_group) {
    (in_group ? inside : outside) += row;
    (in_group ? n_inside : n_outside) += 1.0;
  }
  void take(const TwoSums& other) {
    inside -= other.inside;
    outside -= other.outside;
    n_inside -= other.n_inside;
    n_outside -= other.n_outside;
  }
  /// From the outer mean to the inner one, at length 1.
  [[nodiscard]] std::optional<Eigen::RowVectorXd> direction() const {
    if (n_inside == 0.0 || n_outside == 0.0) return std::nullopt;
    Eigen::RowVectorXd apart = inside / n_inside - outside / n_outside;
    const double length = apart.norm();
    if (!(length > 0.0)) return std::nullopt;
    apart /= length;
    return apart;
  }

  Eigen::RowVectorXd inside;
  Eigen::RowVectorXd outside;
  double n_inside = 0.0;
  double n_outside = 0.0;
};

}  // namespace

std::optional<std::vector<double>> held_out_projections(const RowMatrix& rows,
                                                        const std::vector<bool>& in_group,
                                                        std::span<const std::uint32_t> folds,
                                                        std::uint32_t fold_count) {
  const auto n = static_cast<std::size_t>(rows.rows());
  KGA_REQUIRE(in_group.size() == n && folds.size() == n, "{} rows, {} groups, {} folds", n,
              in_group.size(), folds.size());
  TwoSums all(rows.cols());
  std::vector<TwoSums> of_fold(fold_count, TwoSums(rows.cols()));
  for (std::size_t i = 0; i < n; ++i) {
    all.add(rows.row(static_cast<Index>(i)), in_group[i]);
    of_fold[folds[i]].add(rows.row(static_cast<Index>(i)), in_group[i]);
  }
  std::vector<Eigen::RowVectorXd> directions;
  for (const TwoSums& held_out : of_fold) {
    TwoSums others = all;
    others.take(held_out);
    const auto direction = others.direction();
    if (!direction) return std::nullopt;
    directions.push_back(*direction);
  }
  std::vector<double> places;
  places.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    places.push_back(rows.row(static_cast<Index>(i)).dot(directions[folds[i]]));
  }
  return places;
}

std::optional<StandardisedGap> standardised_gap(std::span<const double> values,
                                                const std::vector<bool>& in_group) {
  KGA_REQUIRE(values.size() == in_group.size(), "{} values, {} groups", values.size(),
              in_group.size());
  double mean[2] = {0.0, 0.0};
  double count[2] = {0.0, 0.0};
  for (std::size_t i = 0; i < values.size(); ++i) {
    mean[in_group[i] ? 1 : 0] += values[i];
    count[in_group[i] ? 1 : 0] += 1.0;
  }
  if (count[0] < 2.0 || count[1] < 2.0) return std::nullopt;
  for (const int side : {0, 1}) mean[side] /= count[side];
  double within = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double away = values[i] - mean[in_group[i] ? 1 : 0];
    within += away * away;
  }
  const double n = count[0] + count[1];
  const double variance = within / (n - 2.0);
  if (!(variance > 0.0)) return std::nullopt;
  const double sd = std::sqrt(variance);
  StandardisedGap result;
  result.gap = (mean[1] - mean[0]) / sd;
  result.influence.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int side = in_group[i] ? 1 : 0;
    const double away = values[i] - mean[side];
    const double of_means = (side == 1 ? 1.0 : -1.0) * away / (count[side] * sd);
    const double of_sd = (away * away / variance - 1.0) / (2.0 * n);
    result.influence.push_back(of_means - result.gap * of_sd);
  }
  return result;
}

std::optional<double> variance_share(const RowMatrix& rows, const std::vector<bool>& in_group) {
  TwoSums sums(rows.cols());
  for (Index i = 0; i < rows.rows(); ++i) {
    sums.add(rows.row(i), in_group[static_cast<std::size_t>(i)]);
  }
  const auto direction = sums.direction();
  if (!direction) return std::nullopt;
  const Eigen::RowVectorXd mean = (sums.inside + sums.outside) / static_cast<double>(rows.rows());
  double along = 0.0;
  double total = 0.0;
  for (Index i = 0; i < rows.rows(); ++i) {
    const Eigen::RowVectorXd away = rows.row(i) - mean;
    const double projection = away.dot(*direction);
    along += projection * projection;
    total += away.squaredNorm();
  }
  return total > 0.0 ? std::optional(along / total) : std::nullopt;
}

}  // namespace kgaudit::metrics
