#include "models/debiasing/erasing/matrix_algebra.hpp"

#include "models/embedding/double_products.hpp"

namespace kgaudit::models {

using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd product(const MatrixXd& a, const MatrixXd& b) {
  return product_of<MatrixXd>(strided(a), strided(b));
}

MatrixXd product_of_transposed(const MatrixXd& a, const MatrixXd& b) {
  return product_of<MatrixXd>(strided(a).transposed(), strided(b));
}

VectorXd product_of_transposed(const MatrixXd& a, const VectorXd& x) { return a.transpose() * x; }

MatrixXd product_by_transposed(const MatrixXd& a, const MatrixXd& b) {
  return product_of<MatrixXd>(strided(a), strided(b).transposed());
}

MatrixXd less_product_by_transposed(MatrixXd from, const MatrixXd& a, const MatrixXd& b) {
  add_product(strided(a), strided(b).transposed(), -1.0, strided(from));
  return from;
}

MatrixXd scaled_along(const MatrixXd& axes, const VectorXd& d) {
  MatrixXd scaled = axes;
  for (Eigen::Index k = 0; k < d.size(); ++k) scaled.col(k) *= d[k];
  return product_by_transposed(scaled, axes);
}

}  // namespace kgaudit::models
