#pragma once

#include <cstddef>

namespace kgaudit::models {

/// Some rows that lie one after another, as in a FloatTable: row i has `width` floats, which begin
/// at data + i * stride. A view: whoever makes one keeps the memory alive.
struct RowBlock {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t width = 0;
  std::size_t stride = 0;  ///< >= width; the floats between are padding, always 0 in a FloatTable

  [[nodiscard]] const float* row(std::size_t i) const { return data + i * stride; }
  /// The rows with their padding.
  [[nodiscard]] RowBlock padded() const { return {data, rows, stride, stride}; }
};

/// The same, to be written to.
struct MutableRowBlock {
  float* data = nullptr;
  std::size_t rows = 0;
  std::size_t width = 0;
  std::size_t stride = 0;

  [[nodiscard]] float* row(std::size_t i) const { return data + i * stride; }
  [[nodiscard]] MutableRowBlock padded() const { return {data, rows, stride, stride}; }
  /// Without the first `n` rows.
  [[nodiscard]] MutableRowBlock rows_from(std::size_t n) const {
    return {row(n), rows - n, width, stride};
  }
  /// Without the first `n` columns.
  [[nodiscard]] MutableRowBlock columns_from(std::size_t n) const {
    return {data + n, rows, width - n, stride};
  }
  // NOLINTNEXTLINE(google-explicit-constructor): what may be written may be read
  operator RowBlock() const { return {data, rows, width, stride}; }
};

}  // namespace kgaudit::models
