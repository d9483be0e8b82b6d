#include "metrics/formulas/cholesky.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_functions.hpp"
#include "models/embedding/row_products.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

using Eigen::Index;

constexpr Index kFactorBlock = 64;

/// The factor of `count` rows and columns from `first`, one by one. Rounding may leave a pivot of
/// an ill-conditioned matrix at 0 or below; `least` has what stands there then.
void factor_diagonal_block(FeatureMatrix& a, Index first, Index count,
                           const Eigen::VectorXf& least) {
  for (Index j = first; j < first + count; ++j) {
    for (Index i = j; i < first + count; ++i) {
      float rest = a(i, j);
      for (Index k = first; k < j; ++k) rest = std::fma(-a(i, k), a(j, k), rest);
      a(i, j) = i == j ? std::sqrt(std::max(rest, least(j))) : rest / a(j, j);
    }
  }
}

/// From the factor of the diagonal block to that of the rows below it, which is written into `a`
/// and, transposed, into `below`.
void factor_rows_below(FeatureMatrix& a, Index first, Index count, FeatureMatrix& below) {
  const Index next = first + count;
  const Index rest = a.rows() - next;
  below = a.block(next, first, rest, count).transpose();
  for (Index j = 0; j < count; ++j) {
    const auto row = below.row(j);
    for (Index k = 0; k < j; ++k) {
      models::subtract_scaled(a(first + j, first + k),
                              {below.row(k).data(), static_cast<std::size_t>(rest)},
                              below.row(j).data());
    }
    below.row(j) = row / a(first + j, first + j);
  }
  a.block(next, first, rest, count) = below.transpose();
}

/// a -= (factor of the rows below) (the same)^T, for the lower triangle of what is left.
void subtract_square(FeatureMatrix& a, Index first, Index count, const FeatureMatrix& below) {
  const Index next = first + count;
  for (Index row = next; row < a.rows(); row += kFactorBlock) {
    const Index rows = std::min(kFactorBlock, a.rows() - row);
    const Index columns = row + rows - next;
    models::subtract_product(models::block_of(a.block(row, first, rows, count)),
                             models::block_of(below.leftCols(columns)),
                             models::mutable_block_of(a.block(row, next, rows, columns)));
  }
}

}  // namespace

void solve_positive_definite(FeatureMatrix& a, FeatureMatrix& b) {
  const Index n = a.rows();
  KGA_REQUIRE(a.cols() == n && b.rows() == n, "{} x {} and {} x {}", n, a.cols(), b.rows(),
              b.cols());
  const Eigen::VectorXf least = (a.diagonal() * std::numeric_limits<float>::epsilon())
                                    .cwiseMax(std::numeric_limits<float>::min());
  FeatureMatrix below;
  for (Index first = 0; first < n; first += kFactorBlock) {
    const Index count = std::min(kFactorBlock, n - first);
    factor_diagonal_block(a, first, count, least);
    if (first + count == n) break;
    factor_rows_below(a, first, count, below);
    subtract_square(a, first, count, below);
  }
  for (Index i = 0; i < n; ++i) {
    for (Index k = 0; k < i; ++k) b.row(i) -= a(i, k) * b.row(k);
    b.row(i) /= a(i, i);
  }
  for (Index i = n; i-- > 0;) {
    b.row(i) /= a(i, i);
    for (Index k = 0; k < i; ++k) b.row(k) -= a(i, k) * b.row(i);
  }
}

}  // namespace kgaudit::metrics
