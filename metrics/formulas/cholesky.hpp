#pragma once

#include "metrics/feature_matrix.hpp"

namespace kgaudit::metrics {

/// Solves A X = B by Cholesky's factorisation in blocks: the work is done by the products of
/// models/embedding/row_products.hpp, the same bits for every processor. `a` is symmetric and
/// positive definite, n x n; only its lower triangle is read, and it is left as the factor. A pivot
/// below its diagonal's rounding counts as that. `b` is n x c and becomes X.
void solve_positive_definite(FeatureMatrix& a, FeatureMatrix& b);

}  // namespace kgaudit::metrics
