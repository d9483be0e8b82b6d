#include "models/debiasing/erasing/matrix_algebra.hpp"

#include <utility>

namespace kgaudit::models {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd product(const MatrixXd& a, const MatrixXd& b) { return a * b; }

MatrixXd product_of_transposed(const MatrixXd& a, const MatrixXd& b) { return a.transpose() * b; }

VectorXd product_of_transposed(const MatrixXd& a, const VectorXd& x) { return a.transpose() * x; }

MatrixXd product_by_transposed(const MatrixXd& a, const MatrixXd& b) { return a * b.transpose(); }

MatrixXd less_product_by_transposed(MatrixXd from, const MatrixXd& a, const MatrixXd& b) {
  from.noalias() -= a * b.transpose();
  return from;
}

MatrixXd scaled_along(const MatrixXd& axes, const VectorXd& d) {
  MatrixXd scaled = axes;
  for (Eigen::Index k = 0; k < d.size(); ++k) scaled.col(k) *= d[k];
  return product_by_transposed(scaled, axes);
}

}  // namespace kgaudit::models
