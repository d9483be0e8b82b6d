#pragma once

#include <cstddef>

#include <Eigen/Core>

#include "models/embedding/row_block.hpp"

namespace kgaudit::models {

/// Row-major and unpadded: what is dense and small, and not a table of rows.
using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The rows of a RowMatrix, or of some of its rows and columns, as a view.
template <typename Matrix>
RowBlock block_of(const Matrix& matrix) {
  static_assert(Matrix::IsRowMajor && Matrix::InnerStrideAtCompileTime == 1);
  return {matrix.data(), static_cast<std::size_t>(matrix.rows()),
          static_cast<std::size_t>(matrix.cols()), static_cast<std::size_t>(matrix.outerStride())};
}
/// The same, to be written to.
template <typename Matrix>
MutableRowBlock mutable_block_of(Matrix&& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.rows()),
          static_cast<std::size_t>(matrix.cols()), static_cast<std::size_t>(matrix.outerStride())};
}

}  // namespace kgaudit::models
