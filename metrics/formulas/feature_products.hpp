#pragma once

#include <Eigen/Core>

#include "metrics/feature_matrix.hpp"
#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_products.hpp"

namespace kgaudit::metrics {

// Products of what probes work on, row-major throughout, by the kernels of training: each value is
// one chain of fused multiply-adds, the same bits for every processor.

/// out = a b; `out` is resized and must be neither of them.
template <typename A, typename B>
void set_product(const A& a, const B& b, FeatureMatrix& out) {
  out.resize(a.rows(), b.cols());
  models::multiply(models::block_of(a), models::block_of(b), models::mutable_block_of(out));
}

/// a b
template <typename A, typename B>
[[nodiscard]] FeatureMatrix product(const A& a, const B& b) {
  FeatureMatrix out;
  set_product(a, b, out);
  return out;
}

/// a^T b
template <typename A, typename B>
[[nodiscard]] FeatureMatrix transposed_product(const A& a, const B& b) {
  FeatureMatrix out(a.cols(), b.cols());
  models::multiply_transposed(models::block_of(a), models::block_of(b),
                              models::mutable_block_of(out));
  return out;
}

/// a b^T
template <typename A, typename B>
[[nodiscard]] FeatureMatrix product_by_transposed(const A& a, const B& b) {
  FeatureMatrix out(a.rows(), b.rows());
  models::multiply_by_transposed(models::block_of(a), models::block_of(b),
                                 models::mutable_block_of(out));
  return out;
}

}  // namespace kgaudit::metrics
