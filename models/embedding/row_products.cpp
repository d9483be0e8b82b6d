#include "models/embedding/row_products.hpp"

#include <Eigen/Core>

#include "suite/base/error.hpp"

namespace kgaudit::models {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const RowMajor, Eigen::Unaligned, Eigen::OuterStride<>>;
using Map = Eigen::Map<RowMajor, Eigen::Unaligned, Eigen::OuterStride<>>;

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

ConstMap map(const RowBlock& rows) {
  return {rows.data, index(rows.rows), index(rows.width), Eigen::OuterStride<>(index(rows.stride))};
}
Map map(const MutableRowBlock& rows) {
  return {rows.data, index(rows.rows), index(rows.width), Eigen::OuterStride<>(index(rows.stride))};
}

void require_shapes(std::size_t m, std::size_t n, std::size_t k_of_a, std::size_t k_of_b,
                    const RowBlock& out) {
  KGA_REQUIRE(k_of_a == k_of_b && out.rows == m && out.width == n, "{} x {} by {} x {} to {} x {}",
              m, k_of_a, k_of_b, n, out.rows, out.width);
}

}  // namespace

void multiply(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.width, a.width, b.rows, out);
  map(out).noalias() = map(a) * map(b);
}

void multiply_by_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.rows, a.width, b.width, out);
  map(out).noalias() = map(a) * map(b).transpose();
}

void multiply_transposed(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.width, b.width, a.rows, b.rows, out);
  map(out).noalias() = map(a).transpose() * map(b);
}

void subtract_product(const RowBlock& a, const RowBlock& b, const MutableRowBlock& out) {
  require_shapes(a.rows, b.width, a.width, b.rows, out);
  map(out).noalias() -= map(a) * map(b);
}

}  // namespace kgaudit::models
