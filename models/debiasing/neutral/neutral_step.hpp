#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/embedding/embedding_table.hpp"
#include "models/embedding/matrix_block.hpp"
#include "suite/base/thread_pool.hpp"

namespace kgaudit::models {

/// The step towards rows that satisfy linear conditions a_i . x = c_i, each weighed:
///
///   x <- argmin_y 1/2 |y - x|^2 + 1/2 sum_i w_i (a_i . y - c_i)^2  =  x - A^T (A A^T + I)^-1 (A x
///   - c)
///
/// with A, c scaled by sqrt(w): one affine map that all rows share. Where w |a|^2 is much larger
/// than 1 a condition is met almost exactly; a weak one is left almost alone.
class NeutralStep {
 public:
  using Matrix = RowMatrix;

  NeutralStep() = default;
  explicit NeutralStep(std::size_t dimension) : dimension_(dimension) {}

  /// Adds conditions.row(i) . x = values[i], each with the weight `weight` >= 0.
  void add(const Eigen::Ref<const Matrix>& conditions,
           const Eigen::Ref<const Eigen::VectorXf>& values, float weight);
  /// Solves for the map; to be called after the last `add`. Cost: n^2 d + n^3 / 3 for n conditions.
  void prepare();
  [[nodiscard]] bool empty() const { return size_ == 0; }
  /// Takes the step for each row named by `rows` (distinct). Cost: 2 n d multiply-adds a row.
  void take(FloatTable& table, std::span<const std::uint32_t> rows, ThreadPool& pool);

 private:
  /// One worker's scratch.
  struct Scratch {
    Matrix x;
    Matrix off;  ///< A x - c
  };
  std::size_t dimension_ = 0;
  Eigen::Index size_ = 0;
  Matrix conditions_;          ///< A
  Eigen::RowVectorXf values_;  ///< c
  Matrix correction_;          ///< (A A^T + I)^-1 A
  std::vector<Scratch> scratch_;
};

}  // namespace kgaudit::models
