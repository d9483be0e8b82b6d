#include "models/embedding/row_products.hpp"

#include <Eigen/Core>

#include "models/embedding/matrix_block.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

void require_shapes(std::size_t m, std::size_t n, std::size_t k_of_a, std::size_t k_of_b,
                    const RowBlock& out) {
  KGA_REQUIRE(k_of_a == k_of_b && out.rows == m && out.width == n, "{} x {} by {} x {} to {} x {}",
              m, k_of_a, k_of_b, n, out.rows, out.width);
}

}  // namespace

void multiply(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.width, a.width, b.rows, out);
  matrix_of(out).noalias() = matrix_of(a) * matrix_of(b);
}

void multiply_by_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.rows, a.width, b.width, out);
  matrix_of(out).noalias() = matrix_of(a) * matrix_of(b).transpose();
}

void multiply_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.width, b.width, a.rows, b.rows, out);
  matrix_of(out).noalias() = matrix_of(a).transpose() * matrix_of(b);
}

void subtract_product(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.width, a.width, b.rows, out);
  matrix_of(out).noalias() -= matrix_of(a) * matrix_of(b);
}

}  // namespace kgaudit::models
