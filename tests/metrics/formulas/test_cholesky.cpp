#include <Eigen/Cholesky>

#include "metrics/formulas/cholesky.hpp"
#include "suite/base/rng.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::metrics;
using namespace kgaudit::tests;

namespace {

FeatureMatrix normal_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t stream) {
  Rng rng(stream, "test_cholesky");
  FeatureMatrix matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = static_cast<float>(rng.normal());
  }
  return matrix;
}

}  // namespace

TEST_CASE("A system of equations by hand is solved", "[metrics]") {
  FeatureMatrix a(2, 2);
  a << 4.0F, 99.0F,  // what is above the diagonal is not read
      2.0F, 5.0F;
  FeatureMatrix b(2, 1);
  b << 8.0F, 16.0F;  // of x = (0.5, 3)
  solve_positive_definite(a, b);
  CHECK(static_cast<double>(b(0, 0)) == near(0.5, 1e-6));
  CHECK(static_cast<double>(b(1, 0)) == near(3.0, 1e-6));
}

TEST_CASE("Systems of every size have the solution that Eigen finds with doubles", "[metrics]") {
  for (const Eigen::Index n : {1, 2, 63, 64, 65, 128, 200}) {
    INFO(n);
    const FeatureMatrix rows = normal_matrix(2 * n + 3, n, 1);
    const Eigen::MatrixXd system = rows.cast<double>().transpose() * rows.cast<double>() +
                                   Eigen::MatrixXd::Identity(n, n) * (0.1 * static_cast<double>(n));
    const FeatureMatrix answers = normal_matrix(n, 3, 2);
    const Eigen::MatrixXd wanted = system.ldlt().solve(answers.cast<double>());
    FeatureMatrix a = system.cast<float>();
    FeatureMatrix x = answers;
    solve_positive_definite(a, x);
    CHECK((x.cast<double>() - wanted).norm() < 1e-5 * wanted.norm());
  }
}

TEST_CASE("A matrix that rounding makes singular gives finite numbers", "[metrics]") {
  for (const Eigen::Index n : {3, 150}) {
    FeatureMatrix a = FeatureMatrix::Ones(n, n);
    a.diagonal().array() += 1e-9F;  // less than a float holds beside 1
    FeatureMatrix b = normal_matrix(n, 2, 3);
    solve_positive_definite(a, b);
    CHECK(b.allFinite());
  }
}
