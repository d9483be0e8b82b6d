#pragma once

#include "models/embedding/row_block.hpp"

namespace kgaudit::models {

// Products of matrices of floats, row-major as all rows are. Eigen does them, in one source: its
// kernels are most of what such a source costs to compile. Every result costs m n k multiply-adds;
// sums are ordered as Eigen's blocking orders them, so that bits depend on the shapes. `out` must
// not overlap a or b.

/// out = a b, with a m x k, b k x n and out m x n.
void multiply(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);
/// out = a b^T, with a m x k, b n x k and out m x n.
void multiply_by_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);
/// out = a^T b, with a k x m, b k x n and out m x n.
void multiply_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);
/// out -= a b, with a m x k, b k x n and out m x n.
void subtract_product(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);

}  // namespace kgaudit::models
