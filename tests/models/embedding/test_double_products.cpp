#include <cmath>
#include <vector>

#include <Eigen/Core>

#include "models/embedding/double_products.hpp"
#include "suite/base/rng.hpp"
#include "tests/target_in_use.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;
using Eigen::Index;
using Eigen::MatrixXd;

namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

MatrixXd normal_matrix(Index rows, Index columns, std::uint64_t stream) {
  Rng rng(stream, "test_double_products");
  MatrixXd matrix(rows, columns);
  for (Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = rng.normal();
  return matrix;
}

struct Sizes {
  Index rows, steps, columns;
};
/// Tiles that are whole, and what is left of them; chains that are visited more than once.
const std::vector<Sizes> kSizes = {{1, 1, 1},     {8, 6, 6},     {9, 5, 7}, {3, 300, 2},
                                   {17, 256, 13}, {20, 513, 11}, {4, 0, 3}};

}  // namespace

TEST_CASE("Each value of a product of doubles is one chain over k, from what is there",
          "[models]") {
  for (const auto& [rows, steps, columns] : kSizes) {
    INFO(rows << " x " << steps << " x " << columns);
    const MatrixXd a = normal_matrix(rows, steps, 1);
    const MatrixXd b = normal_matrix(steps, columns, 2);
    const MatrixXd before = normal_matrix(rows, columns, 3);
    for (const double sign : {1.0, -1.0}) {
      MatrixXd wanted = before;
      for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
          for (Index k = 0; k < steps; ++k)
            wanted(i, j) = std::fma(sign * a(i, k), b(k, j), wanted(i, j));
        }
      }
      const auto results = with_all_targets([&] {
        MatrixXd out = before;
        add_product(strided(a), strided(b), sign, strided(out));
        return out;
      });
      for (const MatrixXd& result : results) CHECK(result == wanted);
    }
  }
}

TEST_CASE("Products of transposed and of row-major matrices are those of their values",
          "[models]") {
  const MatrixXd a = normal_matrix(19, 30, 4);
  const MatrixXd b = normal_matrix(19, 7, 5);
  const MatrixXd transposed = a.transpose();
  const auto wanted = product_of<MatrixXd>(strided(transposed), strided(b));
  CHECK(product_of<MatrixXd>(strided(a).transposed(), strided(b)) == wanted);
  const RowMajor rows_a = a;
  const RowMajor rows_b = b;
  CHECK(product_of<RowMajor>(strided(rows_a).transposed(), strided(rows_b)) == wanted);
  CHECK((wanted - a.transpose() * b).norm() < 1e-12);
}
