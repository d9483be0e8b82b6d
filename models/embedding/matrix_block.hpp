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

[[nodiscard]] inline Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

/// The sums of a matrix' columns, row after row: as the numbers lie in memory, and in one order.
template <typename Matrix>
[[nodiscard]] auto column_sums(const Matrix& matrix) {
  using Sums = Eigen::Matrix<typename Matrix::Scalar, 1, Eigen::Dynamic>;
  Sums sums = Sums::Zero(matrix.cols());
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) sums += matrix.row(i);
  return sums;
}

/// A block of rows as a matrix of Eigen's; nothing is copied.
using ConstRowMap = Eigen::Map<const RowMatrix, Eigen::Unaligned, Eigen::OuterStride<>>;
using RowMap = Eigen::Map<RowMatrix, Eigen::Unaligned, Eigen::OuterStride<>>;

[[nodiscard]] inline ConstRowMap matrix_of(const RowBlock& rows) {
  return {rows.data, index(rows.rows), index(rows.width), Eigen::OuterStride<>(index(rows.stride))};
}
[[nodiscard]] inline RowMap matrix_of(const MutableRowBlock& rows) {
  return {rows.data, index(rows.rows), index(rows.width), Eigen::OuterStride<>(index(rows.stride))};
}

}  // namespace kgaudit::models
