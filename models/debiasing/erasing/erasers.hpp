#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/embedding/embedding_table.hpp"
#include "suite/base/ids.hpp"
#include "suite/base/rng.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// Points as rows (n x d) in double precision: erasers are fitted on any embedding, whoever made
/// it.
using PointMatrix = Eigen::MatrixXd;

/// What is known of one attribute of n points.
struct Labels {
  std::vector<std::size_t> points;  ///< the points whose value is known, ascending
  /// points.size() x classes: how much of each class a point has, at least 0. A row's sum is at
  /// most 1; what is missing belongs to "any other value", a class without a column.
  Eigen::MatrixXd shares;
};

/// r(x) = x - A (x - mean) with A = left right^T. Linear erasers differ in nothing else, so all of
/// them are applied to rows of any origin in the same way, at 2 d rank multiply-adds a row.
struct AffineEraser {
  Eigen::MatrixXd left;   ///< d x rank
  Eigen::MatrixXd right;  ///< d x rank
  Eigen::VectorXd mean;   ///< d; the point that stays where it is

  [[nodiscard]] std::size_t rank() const { return static_cast<std::size_t>(left.cols()); }
  /// A, d x d.
  [[nodiscard]] Eigen::MatrixXd matrix() const;
  /// r of every row of `points` (n x d).
  [[nodiscard]] PointMatrix apply(const PointMatrix& points) const;
  /// r of the chosen rows, in place. Bits do not depend on the number of threads.
  void apply(FloatTable& rows, std::span<const EntityId> chosen, ThreadPool& pool) const;
};

/// An orthonormal basis (d x k) of the columns' span; columns count by direction, not by length.
/// Directions that the others already give, up to `tolerance` of the largest singular value, are
/// left out.
[[nodiscard]] Eigen::MatrixXd orthonormal_basis(const Eigen::MatrixXd& columns,
                                                double tolerance = 1e-9);

/// u' = u - strength V V^T (u - mean), V an orthonormal basis of the columns of `directions`.
/// Bourli & Pitoura 2020 for a strength below 1.
[[nodiscard]] AffineEraser remove_span(const Eigen::MatrixXd& directions, double strength = 1.0);

/// Mean of the points of each class, weighted by shares; classes x d. A class that nobody has is
/// left out.
[[nodiscard]] PointMatrix class_means(const PointMatrix& x, const Labels& labels);

/// The `most` principal directions (d x k, unit columns) of the rows, centred: Bolukbasi et al.
/// 2016, section 5.1, with one row a group instead of one a word of a pair. Two rows give their
/// difference. Fewer columns where the rows do not differ in so many directions.
[[nodiscard]] Eigen::MatrixXd principal_directions(const PointMatrix& rows, std::size_t most);

/// LEACE (Belrose et al. 2023, theorem 4.3): the smallest mean squared edit after which no class of
/// any of `labels` is correlated with any coordinate of the points that it was fitted on.
///
///   r(x) = x - W^+ U U^T W (x - mean),  W = Sxx^{-1/2},  U = left singular vectors of W Sxz.
///
/// Sxx and mean are those of all points; the column of Sxz for a class of attribute j is that of
/// the points whose value of j is known, so every attribute is erased on its own points whatever
/// else is known of them. Columns are divided by the class's deviation before singular values up to
/// `tolerance` of the largest count as 0: a rare class weighs as much as a common one. No
/// shrinkage and no constraint on the trace. `x` needs two rows. Cost: n d^2 + d^3.
[[nodiscard]] AffineEraser fit_leace(const PointMatrix& x, std::span<const Labels> labels,
                                     double tolerance = 1e-6);

struct InlpOptions {
  std::size_t rounds = 10;
  /// Penalty of the classifiers, as a share of the mean variance of a coordinate.
  double ridge = 0.01;
  /// A classifier takes part while its accuracy on held-back points beats the majority's by more.
  /// At 0, chance alone keeps rounds going where classes are of like size.
  double margin = 0.02;
};

/// Iterative nullspace projection (Ravfogel et al. 2020): per round and attribute a linear
/// classifier is fitted on what the earlier rounds left over, and the span of all classifiers'
/// weights is projected out. Ours: the classifier is a ridge regression on the classes' shares, in
/// closed form. `held_back[i]` keeps point i for the accuracy that stops an attribute.
[[nodiscard]] AffineEraser fit_inlp(const PointMatrix& x, std::span<const Labels> labels,
                                    const std::vector<bool>& held_back, const InlpOptions& options);

/// The control: r(x) = x - V V^T (x - mean) with a uniformly random subspace V of `rank` dimensions
/// (all of them where `rank` exceeds d), `mean` that of the points.
[[nodiscard]] AffineEraser fit_random_projection(const PointMatrix& x, std::size_t rank, Rng rng);

}  // namespace kgaudit::models
