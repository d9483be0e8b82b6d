#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/embedding/embedding_table.hpp"

namespace kgaudit::models {

/// A gradient of some rows of a table: row i belongs to ids[i]; an id may occur several times.
/// Buffers keep their memory, so `rows` may have more rows than there are ids.
struct SparseGradient {
  std::vector<std::uint32_t> ids;
  FloatTable rows;

  /// n rows with unset ids and values.
  void resize(std::size_t n, std::size_t width);
  /// One more row of zeros.
  float* append(std::uint32_t id, std::size_t width);
};

/// A gradient that has one row for each id, for a small table of which many rows are met often.
class SummedGradient {
 public:
  /// No rows.
  void clear();
  /// The row of `id`: zeros, and whatever was added to them since it was first asked for. Valid
  /// until another id is asked for.
  float* row(std::uint32_t id, std::size_t width);

  [[nodiscard]] const SparseGradient& rows() const { return rows_; }

 private:
  SparseGradient rows_;
  std::vector<std::uint32_t> place_;  ///< per id: 1 + its row; 0 = none
};

}  // namespace kgaudit::models
