#include "metrics/formulas/kernel_features.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "models/embedding/matrix_block.hpp"
#include "models/embedding/row_functions.hpp"
#include "models/embedding/row_products.hpp"
#include "suite/base/error.hpp"

namespace kgaudit::metrics {
namespace {

/// The median squared distance of pairs that are drawn with repetition; 1 where it is 0.
float median_square_distance(const FeatureMatrix& rows, Rng& rng) {
  constexpr std::size_t kPairs = 1001;
  const auto n = static_cast<std::uint32_t>(rows.rows());
  std::vector<float> squares(kPairs);
  for (float& square : squares) {
    const auto a = static_cast<Eigen::Index>(rng.below(n));
    const auto b = static_cast<Eigen::Index>(rng.below(n));
    square = (rows.row(a) - rows.row(b)).squaredNorm();
  }
  const auto middle = squares.begin() + static_cast<std::ptrdiff_t>(kPairs / 2);
  std::nth_element(squares.begin(), middle, squares.end());
  return *middle > 0.0F ? *middle : 1.0F;
}

}  // namespace

MappedRows kernel_features(const FeatureMatrix& train, const FeatureMatrix& test, std::size_t count,
                           Rng rng) {
  KGA_REQUIRE(train.rows() > 0 && train.cols() == test.cols(), "{} x {} and {} x {} features",
              train.rows(), train.cols(), test.rows(), test.cols());
  const float scale = -1.0F / median_square_distance(train, rng);
  std::vector<std::size_t> drawn(static_cast<std::size_t>(train.rows()));
  std::iota(drawn.begin(), drawn.end(), std::size_t{0});
  rng.shuffle(std::span<std::size_t>(drawn));
  drawn.resize(std::min(drawn.size(), count));
  const FeatureMatrix landmarks = rows_of(train, drawn);
  const Eigen::RowVectorXf landmark_squares = landmarks.rowwise().squaredNorm().transpose();
  const auto mapped = [&](const FeatureMatrix& rows) {
    FeatureMatrix result(rows.rows(), rows.cols() + landmarks.rows());
    result.leftCols(rows.cols()) = rows;
    auto kernel = result.rightCols(landmarks.rows());
    models::multiply_by_transposed(models::block_of(rows), models::block_of(landmarks),
                                   models::mutable_block_of(kernel));
    // |x - y|^2 = |x|^2 + |y|^2 - 2 x y
    kernel *= -2.0F;
    kernel.rowwise() += landmark_squares;
    kernel.colwise() += rows.rowwise().squaredNorm();
    // Rounding may leave a square a little below 0.
    kernel = scale * kernel.cwiseMax(0.0F);
    const auto columns = static_cast<std::size_t>(kernel.cols());
    for (Eigen::Index i = 0; i < kernel.rows(); ++i) {
      models::exponentiate({kernel.row(i).data(), columns});
    }
    return result;
  };
  MappedRows result{mapped(train), mapped(test)};
  standardise(result.train, result.test);
  return result;
}

}  // namespace kgaudit::metrics
