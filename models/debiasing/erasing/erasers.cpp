#include "models/debiasing/erasing/erasers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/debiasing/erasing/matrix_algebra.hpp"
#include "models/embedding/matrix_block.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

MatrixXd rows_at(const MatrixXd& all, std::span<const std::size_t> chosen) {
  MatrixXd result(index(chosen.size()), all.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    result.row(index(i)) = all.row(index(chosen[i]));
  }
  return result;
}

MatrixXd centred(const MatrixXd& rows) { return rows.rowwise() - rows.colwise().mean(); }

/// Columns of the left singular vectors whose value exceeds `tolerance` of the largest.
MatrixXd leading_vectors(const MatrixXd& columns, double tolerance) {
  if (columns.cols() == 0) return columns;
  const auto [left, values] = singular_vectors(columns);
  Index rank = 0;
  while (rank < values.size() && values(rank) > 0.0 && values(rank) > tolerance * values(0)) ++rank;
  return left.leftCols(rank);
}

MatrixXd joined(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd both(std::max(a.rows(), b.rows()), a.cols() + b.cols());
  if (a.cols() > 0) both.leftCols(a.cols()) = a;
  if (b.cols() > 0) both.rightCols(b.cols()) = b;
  return both;
}

/// Covariance of the points with each class over the points whose label is known, each class
/// scaled to deviation 1; classes that do not vary are left out. d x classes.
MatrixXd cross_covariance(const PointMatrix& x, const Labels& labels) {
  const MatrixXd points = centred(rows_at(x, labels.points));
  const MatrixXd shares = centred(labels.shares);
  MatrixXd columns(x.cols(), shares.cols());
  Index kept = 0;
  for (Index k = 0; k < shares.cols(); ++k) {
    const double length = shares.col(k).norm();
    if (!(length > 1e-9)) continue;
    const double scale = std::sqrt(static_cast<double>(points.rows()));
    columns.col(kept++) = product_of_transposed(points, VectorXd(shares.col(k))) / (length * scale);
  }
  return columns.leftCols(kept);
}

/// W = Sxx^{-1/2} and its pseudoinverse; directions without variance belong to neither.
struct Whitening {
  MatrixXd matrix;
  MatrixXd inverse;

  explicit Whitening(const PointMatrix& x) {
    const MatrixXd points = centred(x);
    const MatrixXd covariance = product_of_transposed(points, points) /
                                static_cast<double>(std::max<Index>(1, x.rows() - 1));
    const auto [axes, variances] = eigen_vectors(covariance);
    const double largest = variances.maxCoeff();
    const double least =
        largest * static_cast<double>(x.cols()) * std::numeric_limits<double>::epsilon();
    VectorXd down = VectorXd::Zero(x.cols());
    VectorXd up = VectorXd::Zero(x.cols());
    for (Index k = 0; k < x.cols(); ++k) {
      const double variance = variances(k);
      if (!(variance > least)) continue;
      up(k) = std::sqrt(variance);
      down(k) = 1.0 / up(k);
    }
    matrix = scaled_along(axes, down);
    inverse = scaled_along(axes, up);
  }
};

Index largest_entry(const Eigen::Ref<const RowVectorXd>& row) {
  Index best = 0;
  for (Index k = 1; k < row.size(); ++k) {
    if (row(k) > row(best)) best = k;
  }
  return best;
}

/// One attribute as INLP's classifiers see it: with a column for "any other value" where someone
/// has one.
struct Task {
  std::vector<std::size_t> fitted, held_back;
  MatrixXd fitted_shares, held_back_shares;
  double majority = 0.0;  ///< accuracy of the commonest fitted class on the points held back

  Task(const Labels& labels, const std::vector<bool>& is_held_back) {
    const VectorXd rest = (1.0 - labels.shares.rowwise().sum().array()).matrix();
    const bool others = rest.size() > 0 && rest.maxCoeff() > 1e-9;
    const MatrixXd shares = others ? joined(labels.shares, rest) : labels.shares;
    std::vector<std::size_t> fitted_rows, held_back_rows;
    for (std::size_t i = 0; i < labels.points.size(); ++i) {
      const bool back = is_held_back[labels.points[i]];
      (back ? held_back : fitted).push_back(labels.points[i]);
      (back ? held_back_rows : fitted_rows).push_back(i);
    }
    fitted_shares = rows_at(shares, fitted_rows);
    held_back_shares = rows_at(shares, held_back_rows);
    if (!usable()) return;
    const Index commonest = largest_entry(fitted_shares.colwise().sum());
    majority =
        accuracy(RowVectorXd::Unit(shares.cols(), commonest).replicate(held_back_shares.rows(), 1));
  }
  [[nodiscard]] bool usable() const { return fitted.size() > 1 && !held_back.empty(); }
  [[nodiscard]] double accuracy(const MatrixXd& answers) const {
    double right = 0.0;
    for (Index i = 0; i < answers.rows(); ++i) {
      if (largest_entry(answers.row(i)) == largest_entry(held_back_shares.row(i))) right += 1.0;
    }
    return right / static_cast<double>(answers.rows());
  }
};

/// Weights (d x classes) of the ridge classifier on what is left of x, or no column at all when it
/// does not beat the majority.
MatrixXd useful_classifier(const MatrixXd& x, const Task& task, const InlpOptions& options) {
  if (!task.usable()) return {};
  const MatrixXd points = rows_at(x, task.fitted);
  const RowVectorXd point_mean = points.colwise().mean();
  const RowVectorXd share_mean = task.fitted_shares.colwise().mean();
  const MatrixXd from_mean = points.rowwise() - point_mean;
  MatrixXd gram = product_of_transposed(from_mean, from_mean);
  const double penalty = options.ridge * gram.trace() / static_cast<double>(x.cols());
  if (!(penalty > 0.0)) return {};
  gram.diagonal().array() += penalty;
  const MatrixXd from_share_mean = task.fitted_shares.rowwise() - share_mean;
  const MatrixXd weights = solution(gram, product_of_transposed(from_mean, from_share_mean));
  const MatrixXd held_back = rows_at(x, task.held_back).rowwise() - point_mean;
  const MatrixXd answers = product(held_back, weights).rowwise() + share_mean;
  return task.accuracy(answers) > task.majority + options.margin ? weights : MatrixXd();
}

}  // namespace

Eigen::MatrixXd AffineEraser::matrix() const { return product_by_transposed(left, right); }

PointMatrix AffineEraser::apply(const PointMatrix& points) const {
  if (rank() == 0) return points;
  const MatrixXd from_mean = points.rowwise() - mean.transpose();
  return less_product_by_transposed(points, product(from_mean, right), left);
}

void AffineEraser::apply(FloatTable& rows, std::span<const EntityId> chosen,
                         ThreadPool& pool) const {
  constexpr std::size_t kBlock = 256;
  if (rank() == 0) return;
  KGA_REQUIRE(rows.width() == static_cast<std::size_t>(mean.size()), "{} and {} dimensions",
              rows.width(), mean.size());
  pool.run((chosen.size() + kBlock - 1) / kBlock, [&](std::size_t task, std::size_t) {
    const auto block =
        chosen.subspan(task * kBlock, std::min(kBlock, chosen.size() - task * kBlock));
    PointMatrix points(index(block.size()), mean.size());
    for (std::size_t i = 0; i < block.size(); ++i) {
      const auto row = rows.values(block[i].index());
      for (std::size_t k = 0; k < row.size(); ++k) {
        points(index(i), index(k)) = static_cast<double>(row[k]);
      }
    }
    points = apply(points);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const auto row = rows.values(block[i].index());
      for (std::size_t k = 0; k < row.size(); ++k) {
        row[k] = static_cast<float>(points(index(i), index(k)));
      }
    }
  });
}

Eigen::MatrixXd orthonormal_basis(const Eigen::MatrixXd& columns, double tolerance) {
  MatrixXd unit(columns.rows(), columns.cols());
  Index kept = 0;
  for (Index k = 0; k < columns.cols(); ++k) {
    const double length = columns.col(k).norm();
    if (length > 0.0) unit.col(kept++) = columns.col(k) / length;
  }
  return leading_vectors(unit.leftCols(kept), tolerance);
}

AffineEraser remove_span(const Eigen::MatrixXd& directions, double strength) {
  const MatrixXd basis = orthonormal_basis(directions);
  return {strength * basis, basis, VectorXd::Zero(directions.rows())};
}

PointMatrix class_means(const PointMatrix& x, const Labels& labels) {
  const MatrixXd points = rows_at(x, labels.points);
  PointMatrix means(labels.shares.cols(), x.cols());
  Index kept = 0;
  for (Index k = 0; k < labels.shares.cols(); ++k) {
    const double weight = labels.shares.col(k).sum();
    if (!(weight > 0.0)) continue;
    means.row(kept++) =
        product_of_transposed(points, VectorXd(labels.shares.col(k))).transpose() / weight;
  }
  return means.topRows(kept);
}

Eigen::MatrixXd principal_directions(const PointMatrix& rows, std::size_t most) {
  if (rows.rows() < 2) return MatrixXd(rows.cols(), 0);
  const MatrixXd vectors = leading_vectors(centred(rows).transpose(), 1e-9);
  return vectors.leftCols(std::min(vectors.cols(), index(most)));
}

AffineEraser fit_leace(const PointMatrix& x, std::span<const Labels> labels, double tolerance) {
  KGA_REQUIRE(x.rows() > 1, "{} points", x.rows());
  const Whitening whitening(x);
  MatrixXd columns(x.cols(), 0);
  for (const Labels& attribute : labels) {
    if (attribute.points.size() < 2) continue;
    columns = joined(columns, product(whitening.matrix, cross_covariance(x, attribute)));
  }
  const MatrixXd u = leading_vectors(columns, tolerance);
  return {product(whitening.inverse, u), product(whitening.matrix, u),
          x.colwise().mean().transpose()};
}

AffineEraser fit_inlp(const PointMatrix& x, std::span<const Labels> labels,
                      const std::vector<bool>& held_back, const InlpOptions& options) {
  KGA_REQUIRE(held_back.size() == static_cast<std::size_t>(x.rows()), "{} flags for {} points",
              held_back.size(), x.rows());
  std::vector<Task> tasks;
  for (const Labels& attribute : labels) tasks.emplace_back(attribute, held_back);
  MatrixXd removed(x.cols(), 0);
  for (std::size_t round = 0; round < options.rounds && removed.cols() < x.cols(); ++round) {
    const MatrixXd left_over = less_product_by_transposed(x, product(x, removed), removed);
    MatrixXd found(x.cols(), 0);
    for (const Task& task : tasks) {
      found = joined(found, orthonormal_basis(useful_classifier(left_over, task, options)));
    }
    if (found.cols() == 0) break;
    removed = orthonormal_basis(joined(removed, found));
  }
  return remove_span(removed);
}

AffineEraser fit_random_projection(const PointMatrix& x, std::size_t rank, Rng rng) {
  const Index columns = std::min(x.cols(), index(rank));
  MatrixXd normals(x.cols(), columns);
  for (Index i = 0; i < normals.size(); ++i) normals.data()[i] = rng.normal();
  const MatrixXd basis = orthonormalised(normals);
  return {basis, basis, x.colwise().mean().transpose()};
}

}  // namespace kgaudit::models
