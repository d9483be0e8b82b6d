#pragma once

#include <cstddef>
#include <type_traits>

#include <Eigen/Core>

namespace kgaudit::models {

/// A matrix of doubles as a view, in any order: element (i, k) lies at
/// data[i * row_stride + k * column_stride].
template <typename Number>
struct Strided {
  Number* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t row_stride = 0;
  std::size_t column_stride = 0;

  [[nodiscard]] Number& at(std::size_t i, std::size_t k) const {
    return data[i * row_stride + k * column_stride];
  }
  [[nodiscard]] Strided transposed() const {
    return {data, columns, rows, column_stride, row_stride};
  }
  operator Strided<const Number>() const  // NOLINT(google-explicit-constructor)
      requires(!std::is_const_v<Number>) {
    return {data, rows, columns, row_stride, column_stride};
  }
};

/// A matrix of Eigen's as a view: to be written to, where it is not constant.
template <typename Matrix>
[[nodiscard]] auto strided(Matrix& matrix) {
  const auto outer = static_cast<std::size_t>(matrix.outerStride());
  return Strided<std::remove_pointer_t<decltype(matrix.data())>>{
      matrix.data(), static_cast<std::size_t>(matrix.rows()),
      static_cast<std::size_t>(matrix.cols()), Matrix::IsRowMajor ? outer : 1,
      Matrix::IsRowMajor ? 1 : outer};
}

/// out += sign a b with a m x k, b k x n and out m x n; `sign` is 1 or -1. Each value of `out` is
/// one chain of fused multiply-adds over k in ascending order, which begins at what is there: the
/// same bits with all vectors. `out` must not overlap a or b. Costs m n k multiply-adds, and
/// packing.
void add_product(const Strided<const double>& a, const Strided<const double>& b, double sign,
                 const Strided<double>& out);

/// a b as a matrix of the type `Result`; a and b are views of matrices, perhaps transposed.
template <typename Result>
[[nodiscard]] Result product_of(const Strided<const double>& a, const Strided<const double>& b) {
  Result out =
      Result::Zero(static_cast<Eigen::Index>(a.rows), static_cast<Eigen::Index>(b.columns));
  add_product(a, b, 1.0, strided(out));
  return out;
}

}  // namespace kgaudit::models
