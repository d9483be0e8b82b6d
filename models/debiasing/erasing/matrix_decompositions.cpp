#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>

#include "models/debiasing/erasing/matrix_algebra.hpp"

namespace kgaudit::models {

using Eigen::MatrixXd;

SingularVectors singular_vectors(const MatrixXd& matrix) {
  const Eigen::JacobiSVD<MatrixXd> svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
  return {svd.matrixU(), svd.singularValues()};
}

EigenVectors eigen_vectors(const MatrixXd& matrix) {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix);
  return {solver.eigenvectors(), solver.eigenvalues()};
}

MatrixXd solution(const MatrixXd& a, const MatrixXd& b) { return a.ldlt().solve(b); }

MatrixXd orthonormalised(const MatrixXd& columns) {
  return Eigen::HouseholderQR<MatrixXd>(columns).householderQ() *
         MatrixXd::Identity(columns.rows(), columns.cols());
}

}  // namespace kgaudit::models
