#pragma once

#include "models/embedding/row_block.hpp"

namespace kgaudit::models {

// Products of matrices of floats, row-major as all rows are. Every result costs m n k
// multiply-adds. Each value of a result is one chain of fused multiply-adds over k in ascending
// order, which begins at 0 (subtract_product: at what is there). So bits depend on the operands
// alone: not on shapes, blocks, threads or the width of a vector. A zero in an operand adds nothing
// to a finite value. `out` must not overlap a or b. With k = 0 a product is 0.

/// out = a b, with a m x k, b k x n and out m x n.
void multiply(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);
/// out = a b^T, with a m x k, b n x k and out m x n.
void multiply_by_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);
/// out = a^T b, with a k x m, b k x n and out m x n.
void multiply_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);
/// out -= a b, with a m x k, b k x n and out m x n.
void subtract_product(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out);

}  // namespace kgaudit::models
