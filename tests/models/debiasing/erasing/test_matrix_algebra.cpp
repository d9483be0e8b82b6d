#include "models/debiasing/erasing/matrix_algebra.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd normals(Index rows, Index columns, std::uint64_t seed) {
  Rng rng(seed, "test.algebra");
  MatrixXd matrix(rows, columns);
  for (Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = rng.normal();
  return matrix;
}

void check_near(const MatrixXd& got, const MatrixXd& expected) {
  REQUIRE(got.rows() == expected.rows());
  REQUIRE(got.cols() == expected.cols());
  for (Index i = 0; i < got.rows(); ++i)
    for (Index k = 0; k < got.cols(); ++k)
      CHECK(got(i, k) == Approx(expected(i, k)).epsilon(1e-10).margin(1e-10));
}

MatrixXd naive(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd sums(a.rows(), b.cols());
  for (Index i = 0; i < a.rows(); ++i) {
    for (Index j = 0; j < b.cols(); ++j) {
      double sum = 0.0;
      for (Index k = 0; k < a.cols(); ++k) sum += a(i, k) * b(k, j);
      sums(i, j) = sum;
    }
  }
  return sums;
}

MatrixXd transposed(const MatrixXd& a) { return a.transpose(); }

}  // namespace

TEST_CASE("Matrix products are sums of products", "[models]") {
  const MatrixXd a = normals(7, 5, 1), b = normals(5, 6, 2), c = normals(7, 6, 3);
  check_near(product(a, b), naive(a, b));
  check_near(product_of_transposed(a, c), naive(transposed(a), c));
  check_near(product_by_transposed(b, c), naive(b, transposed(c)));
  const VectorXd x = c.col(1);
  check_near(product_of_transposed(a, x), naive(transposed(a), x));
  const MatrixXd from = normals(5, 7, 4);
  MatrixXd rest = from;
  rest -= naive(b, transposed(c));
  check_near(less_product_by_transposed(from, b, c), rest);
  const VectorXd d = normals(5, 1, 5);
  check_near(scaled_along(a, d), naive(naive(a, MatrixXd(d.asDiagonal())), transposed(a)));
}

TEST_CASE("Decompositions put their matrix together again", "[models]") {
  for (const Index columns : {Index{3}, Index{8}, Index{11}}) {
    const MatrixXd a = normals(8, columns, 6);
    const SingularVectors found = singular_vectors(a);
    const Index rank = std::min<Index>(8, columns);
    REQUIRE(found.left.cols() == rank);
    check_near(naive(transposed(found.left), found.left), MatrixXd::Identity(rank, rank));
    // A A^T = U S^2 U^T
    check_near(scaled_along(found.left, found.values.array().square()), naive(a, transposed(a)));
    for (Index k = 1; k < rank; ++k) CHECK(found.values(k - 1) >= found.values(k));
  }
  const MatrixXd tall = normals(9, 4, 7);
  const MatrixXd gram = naive(transposed(tall), tall);
  const EigenVectors axes = eigen_vectors(gram);
  check_near(scaled_along(axes.vectors, axes.values), gram);
  const MatrixXd x = normals(4, 2, 8);
  check_near(solution(gram, naive(gram, x)), x);
  const MatrixXd basis = orthonormalised(tall);
  check_near(naive(transposed(basis), basis), MatrixXd::Identity(4, 4));
  check_near(naive(basis, naive(transposed(basis), tall)), tall);
}
