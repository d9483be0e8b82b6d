#pragma once

#include <Eigen/Core>

namespace kgaudit::models {

// What erasers need of linear algebra in double precision, column-major.

// Products, in matrix_products.cpp, by the kernel of models/embedding/double_products.hpp.

/// a b
[[nodiscard]] Eigen::MatrixXd product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);
/// a^T b
[[nodiscard]] Eigen::MatrixXd product_of_transposed(const Eigen::MatrixXd& a,
                                                    const Eigen::MatrixXd& b);
/// a^T x
[[nodiscard]] Eigen::VectorXd product_of_transposed(const Eigen::MatrixXd& a,
                                                    const Eigen::VectorXd& x);
/// a b^T
[[nodiscard]] Eigen::MatrixXd product_by_transposed(const Eigen::MatrixXd& a,
                                                    const Eigen::MatrixXd& b);
/// from - a b^T
[[nodiscard]] Eigen::MatrixXd less_product_by_transposed(Eigen::MatrixXd from,
                                                         const Eigen::MatrixXd& a,
                                                         const Eigen::MatrixXd& b);
/// axes diag(d) axes^T
[[nodiscard]] Eigen::MatrixXd scaled_along(const Eigen::MatrixXd& axes, const Eigen::VectorXd& d);

// Decompositions, in matrix_decompositions.cpp: Eigen's, which cost more to compile than everything
// that is built on them.

struct SingularVectors {
  Eigen::MatrixXd left;    ///< rows x min(rows, columns), a column each
  Eigen::VectorXd values;  ///< descending
};
/// The thin singular value decomposition, by Jacobi rotations.
[[nodiscard]] SingularVectors singular_vectors(const Eigen::MatrixXd& matrix);

struct EigenVectors {
  Eigen::MatrixXd vectors;  ///< orthonormal, a column each
  Eigen::VectorXd values;   ///< ascending
};
/// Of a symmetric matrix.
[[nodiscard]] EigenVectors eigen_vectors(const Eigen::MatrixXd& matrix);

/// x with a x = b, for a symmetric positive definite a.
[[nodiscard]] Eigen::MatrixXd solution(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b);

/// An orthonormal basis of the columns' span, which must be independent and no more than rows.
[[nodiscard]] Eigen::MatrixXd orthonormalised(const Eigen::MatrixXd& columns);

}  // namespace kgaudit::models
